namespace LLMeterProxy.FunctionalTests.Refusals;

/// <summary>The three families in which the gateway answers.</summary>
public enum Api
{
    OpenAi,
    Anthropic,
    Gemini,
}
