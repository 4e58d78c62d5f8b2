namespace LLMeterProxy.Simulator.Wire;

/// <summary>Whose bytes, headers and billing rules a dispatch gets.</summary>
public enum ProviderShape
{
    /// <summary>OpenAI, and whoever speaks like it and is not named below.</summary>
    OpenAI,

    /// <summary>Anthropic's own API.</summary>
    Anthropic,

    /// <summary>Google's Gemini API.</summary>
    Gemini,

    /// <summary>OpenRouter: OpenAI's shape with its own ids, comments, usage and stated cost.</summary>
    OpenRouter,

    /// <summary>Azure OpenAI: OpenAI's shape with deployments, filter results and a first chunk that names no model.</summary>
    Azure,

    /// <summary>Mistral: usage unasked with the last choice, the cached tokens under two names.</summary>
    Mistral,

    /// <summary>Groq: the usage up to three times a stream, and its own measurements in it.</summary>
    Groq,

    /// <summary>xAI: reasoning beside the completion's tokens, and the cost in ticks.</summary>
    XAi,

    /// <summary>DeepSeek: prompt tokens split into cache hits and misses.</summary>
    DeepSeek,

    /// <summary>Perplexity: the usage so far in every chunk, and a fee for each request.</summary>
    Perplexity,

    /// <summary>Cohere's own API: billed units beside raw tokens, and no model in any answer.</summary>
    Cohere,

    /// <summary>Bedrock: Converse and Anthropic's bodies under InvokeModel, streams in binary frames.</summary>
    Bedrock,

    /// <summary>Ollama's own API: lines of JSON, streamed unless refused, free of charge.</summary>
    Ollama,
}
