using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.FunctionalTests.AdminApi.Fakes;

/// <summary>Answers with what a test put in, and remembers what it was asked.</summary>
internal sealed class InMemoryLedger : IUsageLedger
{
    public List<UsageRecord> Records { get; } = [];

    /// <summary>Journalled, and in the ledger after a flush.</summary>
    public List<UsageRecord> Pending { get; } = [];

    public List<UsageRow> Rows { get; } = [];

    /// <summary>Thrown at every list that is asked for; null: nothing.</summary>
    public RefusedQueryException? Refuses { get; set; }

    public UsageQuery? LastUsageQuery { get; private set; }

    public Task<Page<UsageRow>> QueryUsageAsync(UsageQuery query, CancellationToken cancellationToken)
    {
        LastUsageQuery = query;
        return Refuses is not null ? throw Refuses : Task.FromResult(new Page<UsageRow>(Rows, null));
    }

    public Task<Page<UsageRecord>> ReadRecordsAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        if (Refuses is not null)
        {
            throw Refuses;
        }

        var rows = Records
            .Where(r => (query.Tenant is null || r.Tenant == query.Tenant) && r.AttemptId.OccurredAt >= query.From && r.AttemptId.OccurredAt < query.To)
            .OrderByDescending(r => r.AttemptId)
            .SkipWhile(r => query.Cursor is { } cursor && string.CompareOrdinal(r.AttemptId.ToString(), cursor) >= 0)
            .Take(query.Limit + 1)
            .ToList();
        return Task.FromResult(new Page<UsageRecord>(
            [.. rows.Take(query.Limit)], rows.Count > query.Limit ? rows[query.Limit - 1].AttemptId.ToString() : null));
    }

    public Task<IReadOnlyList<UsageRecord>> FindAsync(RequestId requestId, CancellationToken cancellationToken)
    {
        var attempts = Records.Where(r => r.AttemptId.Parent == requestId).OrderBy(r => r.AttemptId);
        var corrections = Records.Where(r => r.Corrects?.Parent == requestId);
        return Task.FromResult<IReadOnlyList<UsageRecord>>([.. attempts, .. corrections]);
    }

    public Task<NanoUsd> ReadBudgetSpendAsync(BudgetWindowKey key, CancellationToken cancellationToken) => Task.FromResult(NanoUsd.Zero);

    public Task<double?> ReadMeanOutputTokensAsync(string tenant, string model, CancellationToken cancellationToken) => Task.FromResult<double?>(null);

    public Task FlushAsync(CancellationToken cancellationToken)
    {
        Records.AddRange(Pending);
        Pending.Clear();
        return Task.CompletedTask;
    }
}
