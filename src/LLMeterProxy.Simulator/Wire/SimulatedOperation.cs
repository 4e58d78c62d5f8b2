namespace LLMeterProxy.Simulator.Wire;

/// <summary>What a dispatch asks for, from its method and path alone.</summary>
public enum SimulatedOperation
{
    /// <summary>A path that no simulated provider has: 404.</summary>
    Unknown,

    /// <summary>Chat, by whatever path: OpenAI's, Cohere's, Ollama's.</summary>
    Chat,

    /// <summary>OpenAI's legacy completions, Ollama's <c>generate</c>.</summary>
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

    /// <summary>Bedrock <c>converse</c>.</summary>
    Converse,

    /// <summary>Bedrock <c>converse-stream</c>.</summary>
    ConverseStream,

    /// <summary>Bedrock <c>invoke</c> with the model vendor's own body.</summary>
    Invoke,

    /// <summary>Bedrock <c>invoke-with-response-stream</c>.</summary>
    InvokeStream,

    /// <summary>Rerank; billed by searches, not tokens.</summary>
    Rerank,

    /// <summary>Moderations; free.</summary>
    Moderations,

    /// <summary>OpenAI <c>responses/input_tokens</c>, Anthropic <c>count_tokens</c>, Gemini <c>countTokens</c>, Bedrock <c>count-tokens</c>; free.</summary>
    CountTokens,

    /// <summary>The list of models; free.</summary>
    Models,

    /// <summary>One model of the list; free.</summary>
    Model,
}
