namespace LLMeterProxy.Core.Usage;

/// <summary>
/// Tokens that a provider bills beside the top-level usage: in the cost, not in the totals.
/// Known cases: Anthropic <c>iterations</c> of type <c>compaction</c>, <c>advisor_message</c> and a declined hop;
/// OpenAI <c>tool_usage.image_gen</c>; what Perplexity's deep research thinks before its answer.
/// </summary>
/// <param name="Kind">What it is, as the provider names it.</param>
/// <param name="Model">The model to price it by; null means the model of the call.</param>
public sealed record ExtraUsage(string Kind, string? Model, TokenUsage Usage)
{
    /// <summary>
    /// The kind of usages that together are the top-level one, each by the model that it was of (Groq's compound systems):
    /// where a report has any, they are priced in place of its totals.
    /// </summary>
    public const string PartKind = "usage_breakdown";

    /// <summary>True where the totals include it.</summary>
    public bool IsPart => Kind == PartKind;
}
