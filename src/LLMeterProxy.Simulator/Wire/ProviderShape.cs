namespace LLMeterProxy.Simulator.Wire;

/// <summary>Whose bytes, headers and billing rules a dispatch gets.</summary>
public enum ProviderShape
{
    /// <summary>OpenAI and everything that speaks like it: Azure, Groq, DeepSeek, Mistral, …</summary>
    OpenAI,

    /// <summary>Anthropic's own API.</summary>
    Anthropic,

    /// <summary>Google's Gemini API.</summary>
    Gemini,

    /// <summary>OpenRouter: OpenAI's shape with its own ids, comments, usage and stated cost.</summary>
    OpenRouter,
}
