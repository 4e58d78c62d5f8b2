namespace LLMeterProxy.Gateway.Settle.Estimation;

/// <summary>Whose model it is, which decides how it counts text, tools and media.</summary>
internal enum ModelFamily
{
    Other,
    OpenAi,
    GptOss,
    Claude,
    Gemini,
    Gemma,
    Mistral,
    Llama,

    /// <summary>Counts the texts alone: Cohere, Perplexity, Titan.</summary>
    Plain,
    Nova,
}
