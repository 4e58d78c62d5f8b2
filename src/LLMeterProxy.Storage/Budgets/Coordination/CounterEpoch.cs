using LLMeterProxy.Storage.Journal;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// One life of the shared counters, as the ledger knows it. A counter store that lost anything, or of which that cannot be
/// ruled out, begins another.
/// </summary>
/// <param name="Number">1 and up.</param>
/// <param name="Store">What names the store's primaries for as long as they have lost nothing: their run ids.</param>
/// <param name="RaisedBy">The incarnation that began the epoch and sets its counters.</param>
/// <param name="RaisedAt">UTC.</param>
/// <param name="Positions">How far the journal of each node was in the figures that the counters were set to.</param>
public sealed record CounterEpoch(
    long Number,
    string Store,
    EpochPhase Phase,
    string RaisedBy,
    DateTimeOffset RaisedAt,
    IReadOnlyDictionary<string, JournalPosition> Positions);
