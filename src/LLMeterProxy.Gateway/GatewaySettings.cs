using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Gateway;

/// <summary>What <c>LLMeter:Gateway</c> and <c>LLMeter:Caps</c> say, validated. Immutable for the life of the process.</summary>
public sealed record GatewaySettings
{
    /// <summary>Largest request body in bytes; above it 413. Default 64 MiB.</summary>
    public long MaxBodyBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Bytes of request bodies held at once by all calls; above it 503. Default 512 MiB.</summary>
    public long MaxBufferedBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>How long the terminal bytes wait for the commit. Default 5 s.</summary>
    public TimeSpan CommitTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an upstream is read on after its finish reason when the client has left. Default 10 s.</summary>
    public TimeSpan FinishDrainLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an upstream is read on under the policy <c>drain</c>. Default 5 minutes.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest silence of an upstream. Default 15 minutes: reasoning calls think long without a byte (T118).</summary>
    public TimeSpan ActivityTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// What is added to the delivered output of a cancelled stream, in seconds of the stream's own rate: providers stop
    /// billing shortly after the abort, not at it. Default 2 s.
    /// </summary>
    public TimeSpan AbortMargin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Output tokens that a standard hold assumes where neither the client nor the model's history says. Default 4,096.</summary>
    public long DefaultOutputTokens { get; init; } = 4096;

    /// <summary>
    /// What a tenant with the outage policy <c>open</c> and a cap may spend on this node in one outage of the budget store.
    /// Null, the default: a hundredth of the smallest limit that applies.
    /// </summary>
    public NanoUsd? OutageOpenLimit { get; init; }

    /// <summary>Largest n, best_of or candidateCount. Default 16.</summary>
    public int MaxChoices { get; init; } = 16;

    /// <summary>Adds <c>x-llmeter-budget-remaining-usd</c> to answers. Default off.</summary>
    public bool BudgetRemainingHeader { get; init; }
}
