namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>The store's clock, and when each incarnation was last heard of by it.</summary>
/// <param name="Now">UTC, the store's.</param>
/// <param name="Latest">UTC, by incarnation.</param>
public sealed record Heartbeats(DateTimeOffset Now, IReadOnlyDictionary<string, DateTimeOffset> Latest);
