namespace LLMeterProxy.Storage.Tenancy.Lookup;

/// <summary>What a node spends on keys that its snapshot does not have.</summary>
public sealed record KeyLookupOptions
{
    /// <summary>Look-ups under way at once; calls with the same key share one.</summary>
    public int Concurrent { get; init; } = 16;

    /// <summary>Fruitless look-ups a second that a flood may cause, and the burst that may come at once. One that finds its key is free.</summary>
    public int FruitlessPerSecond { get; init; } = 100;

    /// <summary>How long a caller waits for an answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long replicas share an answer, and how long nobody is asked after a failure.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Refused keys that are remembered, for one to two <see cref="Lifetime"/>s each.</summary>
    public int RefusedKeys { get; init; } = 8192;
}
