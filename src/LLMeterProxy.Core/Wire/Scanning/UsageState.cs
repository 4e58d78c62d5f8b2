namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>What reading a usage object came to.</summary>
internal enum UsageState
{
    /// <summary>It states no count at all (<c>{}</c>, Vertex's <c>{"trafficType":…}</c>): as good as none.</summary>
    Absent,
    Read,

    /// <summary>A count is negative, fractional, absurd or no number: nothing of it is used (T68).</summary>
    Invalid,
}
