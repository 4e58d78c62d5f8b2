namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>How the budget store uses its Redis.</summary>
public sealed record RedisBudgetOptions
{
    /// <summary>A StackExchange.Redis configuration string: end points, <c>serviceName</c> for Sentinel, user, password, <c>ssl</c>.</summary>
    public required string Configuration { get; init; }

    /// <summary>How the connection is named in CLIENT LIST.</summary>
    public string ClientName { get; init; } = "llmeterproxy";

    /// <summary>How long one operation may take; an answer after that is worth nothing to a request.</summary>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long nothing is sent after the latest operations failed, before one is tried again.</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How far the server's clock may be outside a window that a call is reserved in.</summary>
    public TimeSpan ClockTolerance { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an exhausted answer is repeated without asking again.</summary>
    public TimeSpan DenialLifetime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Settlements and releases that wait in memory; beyond that, they are read from the journal again.</summary>
    public int QueueCapacity { get; init; } = 65_536;
}
