using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.FunctionalTests.AdminApi.Fakes;

/// <summary>A journal whose records are in the ledger after a flush.</summary>
internal sealed class LedgerJournal(InMemoryLedger ledger) : IUsageJournal
{
    public string Incarnation => "test-1";

    /// <summary>Awaited before each record; null: nothing.</summary>
    public Action? BeforeRecord { get; set; }

    public void AppendIntent(UsageIntent intent) => throw new NotSupportedException();

    public JournalTicket AppendRecord(UsageRecord record, bool endsHold = true)
    {
        BeforeRecord?.Invoke();
        ledger.Pending.Add(record);
        return new JournalTicket(ledger.Pending.Count);
    }

    public void AppendVoid(RequestId attemptId) => throw new NotSupportedException();

    public ValueTask WaitDurableAsync(JournalTicket ticket, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
