namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>Latency-optimised inference, which has a price of its own.</summary>
internal static class BedrockSpeed
{
    /// <returns>Null for the standard latency.</returns>
    public static string? Normalise(string? latency) => latency is null or "" or "standard" ? null : latency;
}
