namespace LLMeterProxy.Core.Wire.Anthropic;

/// <summary>One entry of <c>usage.iterations</c>.</summary>
/// <param name="Type"><c>message</c>, <c>compaction</c>, <c>advisor_message</c>, <c>fallback_message</c>; null where not stated.</param>
/// <param name="Model">Null where it is the model of the message.</param>
internal sealed record AnthropicIteration(string? Type, string? Model, AnthropicCounts Counts);
