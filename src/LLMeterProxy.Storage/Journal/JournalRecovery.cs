using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Journal;

/// <summary>
/// What happens to the calls that were under way when the process before this one died. Their intents have neither record
/// nor void entry: each gets an estimated record under its own attempt id, through the normal way, before the node is ready.
/// Never a silent refund (I1, A27). Running it again finds nothing left to do.
/// </summary>
public sealed class JournalRecovery(MappedJournal journal, IUsageLedger ledger, ILogger<JournalRecovery> log)
{
    /// <summary>Output tokens assumed where a tenant and model have no history.</summary>
    private const double FirstMeanOutput = 500;

    private const decimal Million = 1_000_000;

    /// <returns>How many orphans were charged.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        // The tail first: the mean output of a tenant is read from a ledger that knows all that was recorded.
        await ledger.FlushAsync(cancellationToken);
        var charged = 0;
        foreach (var intent in FindUnresolved())
        {
            if (await IsRecordedAsync(intent.AttemptId, cancellationToken))
            {
                journal.AppendVoid(intent.AttemptId);
                continue;
            }

            journal.AppendRecord(await ChargeAsync(intent, cancellationToken));
            charged++;
        }

        if (charged > 0)
        {
            JournalLog.Orphans(log, charged);
            await ledger.FlushAsync(cancellationToken);
        }

        journal.EarlierResolved();
        return charged;
    }

    // A commit of the ledger survives a power cut that takes the end of the journal: the record may be there and no longer here.
    private async Task<bool> IsRecordedAsync(RequestId attemptId, CancellationToken cancellationToken) =>
        (await ledger.FindAsync(attemptId, cancellationToken)).Any(r => r.AttemptId == attemptId);

    private List<UsageIntent> FindUnresolved()
    {
        var open = new Dictionary<RequestId, UsageIntent>();
        foreach (var entry in journal.ReadAll())
        {
            // This run's intents are under way, not orphans. Its records count: a recovery that failed half-way wrote some.
            if (entry.Kind == JournalEntryKind.Intent && !journal.IsEarlier(entry))
            {
                continue;
            }

            try
            {
                Apply(entry, open);
            }
            catch (FormatException e)
            {
                JournalLog.Unreadable(log, entry.Next.Segment, e);
            }
        }

        return [.. open.Values.OrderBy(i => i.AttemptId)];
    }

    private static void Apply(in JournalEntry entry, Dictionary<RequestId, UsageIntent> open)
    {
        switch (entry.Kind)
        {
            case JournalEntryKind.Intent:
                var intent = UsageIntentCodec.Decode(entry.Payload.Span);
                open[intent.AttemptId] = intent;
                break;
            case JournalEntryKind.Record:
                open.Remove(UsageRecordCodec.Decode(entry.Payload.Span).AttemptId);
                break;
            case JournalEntryKind.Void when entry.Payload.Length == 16:
                open.Remove(new RequestId(new Guid(entry.Payload.Span, bigEndian: true)));
                break;
            default:
                throw new FormatException("Unknown kind of journal entry.");
        }
    }

    private async Task<UsageRecord> ChargeAsync(UsageIntent intent, CancellationToken cancellationToken)
    {
        var mean = await ledger.ReadMeanOutputTokensAsync(intent.Tenant, intent.Model, cancellationToken) ?? FirstMeanOutput;
        var output = (long)Math.Ceiling(mean);
        var (cost, lines) = Price(intent, output);
        return LostCall.Record(intent, intent.AttemptId, "crash", output, cost, lines);
    }

    private static (NanoUsd? Cost, IReadOnlyList<CostLine> Lines) Price(UsageIntent intent, long output)
    {
        if (intent.InputPrice is not { } inputPrice)
        {
            return (null, []);
        }

        var outputPrice = intent.OutputPrice ?? 0;
        var input = new NanoUsd((long)decimal.Ceiling(intent.InputTokensBound * inputPrice / Million));
        var generated = new NanoUsd((long)decimal.Ceiling(output * outputPrice / Million));

        // What is priced by the image, the second or the call has no token price: its hold is the best that is known of it.
        if (intent.Strict || (inputPrice == 0 && outputPrice == 0))
        {
            return (intent.Hold, [HoldCharge.Line(intent.Hold)]);
        }

        return (input + generated,
        [
            new CostLine(UnitNames.InputToken, intent.InputTokensBound, inputPrice, input),
            new CostLine(UnitNames.OutputToken, output, outputPrice, generated),
        ]);
    }
}
