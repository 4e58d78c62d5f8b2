using LLMeterProxy.Storage.Budgets.Redis;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// What the nodes know of each other and of the counters' epoch, kept in the ledger because the counter store is what may be lost.
/// </summary>
/// <remarks>Every method may throw <c>LedgerUnavailableException</c>; then nothing was changed, or the same call again finds it done.</remarks>
public interface IReplicaRegistry
{
    /// <summary>Makes a new incarnation known, before it holds anything.</summary>
    void Register(string incarnation, string nodeId);

    /// <summary>Every incarnation that may still have settlements or holds.</summary>
    IReadOnlyList<NodeIncarnation> ReadUnclosed();

    void MarkReplayed(string incarnation, long epoch);

    /// <summary>Its holds were handed on; nobody waits for it any more.</summary>
    void MarkExpired(string incarnation);

    /// <summary>Everything of it is in the ledger and in the counters: no settlement of it will come again.</summary>
    void Close(string incarnation);

    /// <summary>Null before the first epoch.</summary>
    CounterEpoch? ReadEpoch();

    /// <summary>Begins the epoch after <paramref name="from"/>; false where another node did so first.</summary>
    bool TryRaise(long from, string store, string by);

    /// <summary>The counters are set.</summary>
    /// <returns>False where a later epoch was begun meanwhile.</returns>
    bool TryMarkBuilt(long number, LedgerFigures figures);

    /// <returns>False where a later epoch was begun meanwhile.</returns>
    bool TryOpen(long number);

    /// <summary>Says that these slots exist in the counter store from now on.</summary>
    void ClaimSlots(IReadOnlyCollection<string> slots, long epoch);

    /// <summary>The same for one slot; false where it was claimed in this epoch already, so that its absence means a loss.</summary>
    bool TryClaimSlot(string slot, long epoch);

    /// <summary>Every slot that was claimed in the epoch.</summary>
    IReadOnlyList<string> ReadSlots(long epoch);

    /// <summary>All slots' figures from one snapshot.</summary>
    /// <param name="shared">Slots that calls of any tenant may settle on (<see cref="CounterSlots.Shared"/>).</param>
    LedgerFigures ReadFigures(IReadOnlySet<string> shared);

    /// <summary>One slot's figures from one snapshot.</summary>
    /// <param name="shared">As above.</param>
    SlotSnapshot ReadFigures(string slot, IReadOnlySet<string> shared);
}
