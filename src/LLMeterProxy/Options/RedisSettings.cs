namespace LLMeterProxy.Options;

/// <summary><c>LLMeter:Redis</c>: where the caps of many nodes are kept.</summary>
internal sealed record RedisSettings
{
    /// <summary>What StackExchange.Redis connects to, checked; it may hold a password. Null: caps are kept in this process.</summary>
    public string? Configuration { get; init; }

    /// <summary>How long one operation may take before its answer counts as unknown. Default 250 ms.</summary>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromMilliseconds(250);
}
