namespace LLMeterProxy.Fuzz.Reference;

/// <summary>What a body says, read the slow way. The figures are tokens.</summary>
internal sealed record Reading
{
    /// <summary>False where no usage was stated, or none that can be believed.</summary>
    public bool HasUsage { get; set; }

    /// <summary>The usage that counts has a figure that no provider can mean.</summary>
    public bool IsInvalid { get; set; }

    public long Input { get; set; }

    public long Uncached { get; set; }

    public long CacheRead { get; set; }

    public long CacheWrite5m { get; set; }

    public long CacheWrite1h { get; set; }

    public long Output { get; set; }

    public long Reasoning { get; set; }

    public string? Model { get; set; }

    public string? ServiceTier { get; set; }

    public bool FinishSeen { get; set; }
}
