namespace LLMeterProxy.Simulator.Wire;

/// <summary>What a dispatch asks for, from its method and path alone.</summary>
public enum SimulatedOperation
{
    /// <summary>A path that no simulated provider has: 404.</summary>
    Unknown,

    /// <summary>Chat completions of OpenAI or OpenRouter.</summary>
    Chat,

    /// <summary>OpenAI's legacy completions.</summary>
    Completions,

    /// <summary>OpenAI's Responses API.</summary>
    Responses,

    /// <summary>Embeddings.</summary>
    Embeddings,

    /// <summary>Anthropic messages.</summary>
    Messages,

    /// <summary>Gemini <c>generateContent</c>.</summary>
    Generate,

    /// <summary>Gemini <c>streamGenerateContent</c>.</summary>
    StreamGenerate,

    /// <summary>Moderations; free.</summary>
    Moderations,

    /// <summary>OpenAI <c>responses/input_tokens</c>, Anthropic <c>count_tokens</c>, Gemini <c>countTokens</c>; free.</summary>
    CountTokens,

    /// <summary>The list of models; free.</summary>
    Models,

    /// <summary>One model of the list; free.</summary>
    Model,
}
