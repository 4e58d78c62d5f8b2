using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Repricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.AdminApi.Repricing;

/// <summary>
/// Prices the records of a time by a later price book and journals the differences, which so reach budgets, ledger and rollups
/// like the records of calls. A run that dies half-way leaves what it wrote; the next one finds it and does the rest.
/// </summary>
internal sealed class RepriceRun(IUsageLedger ledger, IUsageJournal journal, IProviderPricings providers)
{
    private const int PageSize = 1_000;

    /// <param name="tenant">Null for all tenants.</param>
    /// <param name="from">UTC, inclusive.</param>
    /// <param name="to">UTC, exclusive.</param>
    /// <param name="write">False: nothing is written. True: one such run at a time.</param>
    /// <exception cref="JournalUnavailableException">The journal took a part and cannot take more.</exception>
    public async Task<RepriceTable> RunAsync(
        PriceBook book, string? tenant, DateTimeOffset from, DateTimeOffset to, bool write, CancellationToken cancellationToken)
    {
        // An adjustment that is journalled already must be seen, or it would be made twice.
        await ledger.FlushAsync(cancellationToken);
        var table = new RepriceTable();
        var waiting = new List<UsageRecord>();
        string? cursor = null;
        do
        {
            var page = await ledger.ReadRecordsAsync(new RecordQuery(tenant, from, to, cursor, PageSize), cancellationToken);
            cursor = page.Next;
            waiting.AddRange(page.Rows);

            // Newest first: a record and what corrects it share an instant, and the oldest one may go on on the next page.
            // So what is written here never comes on a later page.
            var oldest = cursor is null ? DateTimeOffset.MinValue : waiting[^1].AttemptId.OccurredAt;
            await RepriceAsync(waiting.TakeWhile(record => record.AttemptId.OccurredAt > oldest), table, book, write, cancellationToken);
            waiting.RemoveAll(record => record.AttemptId.OccurredAt > oldest);
        }
        while (cursor is not null);
        return table;
    }

    private async Task RepriceAsync(
        IEnumerable<UsageRecord> records, RepriceTable table, PriceBook book, bool write, CancellationToken cancellationToken)
    {
        var all = records.ToList();
        var corrections = all.Where(record => record.Corrects is not null).ToLookup(record => record.Corrects!.Value);
        JournalTicket? last = null;
        foreach (var record in all.Where(PriceAdjustment.Concerns))
        {
            var repricing = PriceAdjustment.Of(new CorrectedRecord(record, corrections[record.AttemptId]), book, PricingOf(record));
            table.Add(record, repricing);
            if (write && repricing.Adjustment is { } adjustment)
            {
                last = journal.AppendRecord(adjustment);
            }
        }

        if (last is { } ticket)
        {
            await journal.WaitDurableAsync(ticket, cancellationToken);

            // The journal must not run ahead of the ledger by a whole month of adjustments.
            await ledger.FlushAsync(cancellationToken);
        }
    }

    // A provider that is no longer configured had, as a rule, the list of its own name.
    private IProviderPricing PricingOf(UsageRecord record) => providers.Find(record.Provider)
        ?? new PriceListPricing(record.Provider, record.Lines.Any(line => line.Unit == UnitNames.ProviderCost));
}
