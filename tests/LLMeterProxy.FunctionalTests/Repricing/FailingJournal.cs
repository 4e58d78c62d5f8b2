using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.FunctionalTests.Repricing;

/// <summary>A journal that takes a number of adjustments and then no more, as on a disk that fills up.</summary>
internal sealed class FailingJournal(IUsageJournal inner, int adjustments) : IUsageJournal
{
    private int _left = adjustments;

    public string Incarnation => inner.Incarnation;

    public void AppendIntent(UsageIntent intent) => inner.AppendIntent(intent);

    public JournalTicket AppendRecord(UsageRecord record, bool endsHold = true) =>
        record.Channel == UsageChannel.Adjustment && Interlocked.Decrement(ref _left) < 0
            ? throw new JournalUnavailableException("The journal's disk is full.")
            : inner.AppendRecord(record, endsHold);

    public void AppendVoid(RequestId attemptId) => inner.AppendVoid(attemptId);

    public ValueTask WaitDurableAsync(JournalTicket ticket, CancellationToken cancellationToken) => inner.WaitDurableAsync(ticket, cancellationToken);
}
