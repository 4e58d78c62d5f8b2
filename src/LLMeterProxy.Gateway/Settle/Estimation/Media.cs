namespace LLMeterProxy.Gateway.Settle.Estimation;

/// <summary>Something in a request that is not text. 0 stands for what is not known.</summary>
internal readonly record struct Media(MediaKind Kind)
{
    /// <summary>Pixels.</summary>
    public int Width { get; init; }

    /// <summary>Pixels.</summary>
    public int Height { get; init; }

    /// <summary>OpenAI's <c>detail: low</c>.</summary>
    public bool IsLowDetail { get; init; }

    /// <summary>Of sound.</summary>
    public double Seconds { get; init; }

    /// <summary>Of a document.</summary>
    public int Pages { get; init; }

    /// <summary>Size of the file.</summary>
    public long Bytes { get; init; }
}
