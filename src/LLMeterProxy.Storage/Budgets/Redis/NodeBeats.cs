namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>The beats of all nodes, by the server's clock.</summary>
/// <param name="Now">The server's time, UTC.</param>
/// <param name="Beats">The latest beat of each incarnation.</param>
public sealed record NodeBeats(DateTimeOffset Now, IReadOnlyDictionary<string, DateTimeOffset> Beats);
