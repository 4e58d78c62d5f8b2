namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>The slots that there are.</summary>
/// <param name="All">Every tenant's, and the global one.</param>
/// <param name="Shared">Those on which calls of any tenant may settle: the global one, and those of the owners of on-behalf keys.</param>
public sealed record CounterSlots(IReadOnlyCollection<string> All, IReadOnlySet<string> Shared);
