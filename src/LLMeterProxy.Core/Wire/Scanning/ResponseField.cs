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

    OutputItemSize,
    OutputItemQuality,

    /// <summary>One tool that the response repeats from its request begins.</summary>
    Tool,
    ToolType,
    ToolModel,

    /// <summary>One tool run by the provider begins (Groq's <c>executed_tools</c>).</summary>
    ExecutedTool,
    ExecutedToolType,
    ExecutedToolIndex,

    /// <summary>Usage by model, where several models answered (Groq's <c>usage_breakdown</c>).</summary>
    UsageByModel,

    /// <summary>Seconds of sound.</summary>
    Duration,
    ImageSize,
    ImageQuality,

    /// <summary>One search query of a grounded answer begins.</summary>
    GroundingQuery,

    /// <summary>A place on the map that an answer is grounded on.</summary>
    GroundingMap,

    /// <summary>Tools by type with their numbers of calls, as the provider counted them.</summary>
    GroundingCounts,

    /// <summary>True in the document that ends a stream of JSON lines (Ollama's <c>done</c>, Cohere's <c>is_finished</c>).</summary>
    Done,

    /// <summary>Why the generation ended, where some reasons mean that there was none.</summary>
    DoneReason,

    /// <summary>Tokens of input that stand outside a usage object.</summary>
    InputCount,

    /// <summary>Those of them that came from a cache.</summary>
    CachedInputCount,

    /// <summary>Tokens of output that stand outside a usage object.</summary>
    OutputCount,

    /// <summary>The media type of one thing that was made.</summary>
    MediaType,

    /// <summary>Characters that are billed.</summary>
    CharacterCount,

    /// <summary>How fast the answer was made, where that has a price.</summary>
    Speed,

    /// <summary>What a gateway of the provider's own metered (Bedrock's <c>amazon-bedrock-invocationMetrics</c>).</summary>
    InvocationMetrics,

    /// <summary>The trace of a content filter that is billed beside the tokens.</summary>
    Guardrail,

    /// <summary>Whether such a filter answered in the model's place.</summary>
    GuardrailAction,

    /// <summary>One generated image begins.</summary>
    Image,
}
