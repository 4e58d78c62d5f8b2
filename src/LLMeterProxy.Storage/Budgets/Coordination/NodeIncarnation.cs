namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>One run of one node that may still have settlements or holds of its own.</summary>
/// <param name="ReplayedEpoch">The epoch for which it has brought what it had under way; 0 for none.</param>
/// <param name="IsExpired">Declared dead: its holds were handed on.</param>
public sealed record NodeIncarnation(string Incarnation, string NodeId, long ReplayedEpoch, bool IsExpired);
