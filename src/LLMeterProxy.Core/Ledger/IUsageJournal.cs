using LLMeterProxy.Core.Ids;

namespace LLMeterProxy.Core.Ledger;

/// <summary>
/// The node's append-only log. An append is a copy into mapped memory on the caller's thread: it survives the death of the
/// process at once, and a power cut after the next fdatasync.
/// </summary>
public interface IUsageJournal
{
    /// <summary>The id of this run of this node: new at every start.</summary>
    string Incarnation { get; }

    /// <summary>Before dispatch.</summary>
    /// <exception cref="JournalUnavailableException">The journal cannot take entries (disk full, failed fsync, shut down).</exception>
    void AppendIntent(UsageIntent intent);

    /// <summary>
    /// Assigns the chain fields, appends, and hands the settlement to the budget store, all under the tenant's lock, so that
    /// settlements reach the store in the order of the chain.
    /// </summary>
    /// <param name="endsHold">False where a further attempt of the call goes on under the same hold.</param>
    /// <exception cref="JournalUnavailableException">As above; nothing was settled then.</exception>
    JournalTicket AppendRecord(UsageRecord record, bool endsHold = true);

    /// <summary>Resolves an intent of which it is certain that nothing was sent.</summary>
    void AppendVoid(RequestId attemptId);

    /// <summary>Completes at once under <c>ProcessCrash</c>; under <c>PowerLoss</c> when an fdatasync covers the entry.</summary>
    ValueTask WaitDurableAsync(JournalTicket ticket, CancellationToken cancellationToken);
}
