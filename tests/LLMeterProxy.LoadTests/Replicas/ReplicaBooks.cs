using LLMeterProxy.LoadTests.Accounts;

namespace LLMeterProxy.LoadTests.Replicas;

/// <summary>What several nodes add to the books of one.</summary>
/// <param name="OnEveryNode">The live counters at rest as each node states them.</param>
/// <param name="Redis">The counters at rest as Redis has them.</param>
/// <param name="ExitCodes">Of the nodes when they were told to stop.</param>
internal sealed record ReplicaBooks(Books Books, IReadOnlyList<LiveFigures> OnEveryNode, RedisCounters Redis, IReadOnlyList<int> ExitCodes);
