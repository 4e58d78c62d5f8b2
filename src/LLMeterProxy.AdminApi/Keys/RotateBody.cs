namespace LLMeterProxy.AdminApi.Keys;

/// <param name="GraceSeconds">How long the old secret stays valid beside the new one: 0 (default) to 2,592,000 (30 days).</param>
public sealed record RotateBody(long? GraceSeconds = null);
