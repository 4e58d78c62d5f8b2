using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>Reads settlements out of a journal again. Applying one twice changes nothing, so reading too many is never wrong.</summary>
public sealed class JournalSettlements(IJournalSource journal, TimeProvider time)
{
    /// <param name="from">Where to begin; the end is what is journalled when this is called.</param>
    /// <param name="incarnations">Only those: the watermarks of closed ones are forgotten, so theirs would count again.</param>
    public IEnumerable<Settlement> Read(JournalPosition from, IReadOnlySet<string> incarnations)
    {
        var end = journal.End;
        var at = from;
        while (at < end && journal.TryRead(at, out var entry))
        {
            at = entry.Next;
            if (entry.Kind == JournalEntryKind.Record && TryDecode(entry) is { } record && incarnations.Contains(record.Incarnation)
                && RecordSettlement.Settles(record))
            {
                // A hold that goes on under a further attempt is made anew behind the settlements, where its call still lives.
                yield return RecordSettlement.Of(record, record.Incarnation, record.ChainSeq, endsHold: true, time.GetUtcNow());
            }
        }
    }

    // An entry that cannot be read is set aside by the shipper, which says so.
    private static UsageRecord? TryDecode(in JournalEntry entry)
    {
        try
        {
            return UsageRecordCodec.Decode(entry.Payload.Span);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
