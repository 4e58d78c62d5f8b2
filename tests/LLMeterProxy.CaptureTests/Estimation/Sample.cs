namespace LLMeterProxy.CaptureTests.Estimation;

/// <summary>One recorded call: what the provider reported, and what an estimate is made of.</summary>
/// <param name="Model">As the response names it.</param>
/// <param name="Input">Reported input tokens, cache included.</param>
/// <param name="EstimatedInput">From the request alone.</param>
/// <param name="IsWhole">Everything that the model was shown is in the request: no results of the provider's own tools, nothing that is only referred to.</param>
/// <param name="Output">Reported output tokens.</param>
/// <param name="OutputBytes">Bytes of generated text; null where this build does not read the response.</param>
/// <param name="HasHidden">Reasoning was billed, of which streams show a summary or nothing.</param>
internal sealed record Sample(
    string Dialect, string Model, long Input, long EstimatedInput, bool IsWhole, long Output, long? OutputBytes, bool HasHidden)
{
    public long BodyBytes { get; init; }
}
