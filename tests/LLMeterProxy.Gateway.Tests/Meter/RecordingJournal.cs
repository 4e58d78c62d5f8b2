using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.Gateway.Tests.Meter;

/// <summary>A journal in a list.</summary>
internal sealed class RecordingJournal : IUsageJournal
{
    public List<UsageRecord> Records { get; } = [];

    /// <summary>Called with every record.</summary>
    public Action? Appended { get; set; }

    public bool IsBroken { get; init; }

    public string Incarnation => "test-1";

    public void AppendIntent(UsageIntent intent)
    {
    }

    public JournalTicket AppendRecord(UsageRecord record, bool endsHold = true)
    {
        if (IsBroken)
        {
            throw new JournalUnavailableException("scripted");
        }

        Records.Add(record);
        Appended?.Invoke();
        return new JournalTicket(Records.Count);
    }

    public void AppendVoid(RequestId attemptId)
    {
    }

    public ValueTask WaitDurableAsync(JournalTicket ticket, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
