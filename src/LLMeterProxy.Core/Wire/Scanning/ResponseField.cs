namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>The parts of a response that metering looks at, whatever the provider calls them.</summary>
internal enum ResponseField
{
    None,
    Usage,

    /// <summary>A copy of the usage in a place that counts only where the proper place has none (Groq's <c>x_groq</c>, Moonshot's choice).</summary>
    UsageCopy,

    /// <summary>Usage that a stream states before it has generated anything (Anthropic's <c>message_start</c>).</summary>
    OpeningUsage,

    /// <summary>Tools billed beside the usage (OpenAI's <c>tool_usage</c>).</summary>
    ToolUsage,
    Model,
    Id,
    ServiceTier,

    /// <summary>The type of a streamed event, or of the whole body.</summary>
    Type,
    FinishReason,
    Error,

    /// <summary>One generated choice or candidate begins.</summary>
    Choice,
    OutputItemType,
    OutputItemAction,
    OutputItemContainer,

    /// <summary>One search query of a grounded answer begins.</summary>
    GroundingQuery,

    /// <summary>How fast the answer was made, where that has a price.</summary>
    Speed,

    /// <summary>What a gateway of the provider's own metered (Bedrock's <c>amazon-bedrock-invocationMetrics</c>).</summary>
    InvocationMetrics,

    /// <summary>The trace of a content filter that is billed beside the tokens.</summary>
    Guardrail,

    /// <summary>Whether such a filter answered in the model's place.</summary>
    GuardrailAction,

    /// <summary>A count of prompt tokens that stands outside of any usage object.</summary>
    InputCount,

    /// <summary>A count of generated tokens that stands outside of any usage object; several are added.</summary>
    OutputCount,

    /// <summary>One generated image begins.</summary>
    Image,
}
