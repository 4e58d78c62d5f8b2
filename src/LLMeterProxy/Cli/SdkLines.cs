namespace LLMeterProxy.Cli;

/// <summary>The environment of each SDK for a key: these variables are what the SDKs themselves read.</summary>
internal static class SdkLines
{
    /// <param name="gateway">Without a slash at the end.</param>
    public static IEnumerable<string> For(string gateway, string key) =>
    [
        "# OpenAI SDKs",
        $"export OPENAI_BASE_URL={gateway}/openai/v1",
        $"export OPENAI_API_KEY={key}",
        "# Anthropic SDKs and Claude Code",
        $"export ANTHROPIC_BASE_URL={gateway}/anthropic",
        $"export ANTHROPIC_API_KEY={key}",
        "# Google Gen AI SDKs",
        $"export GOOGLE_GEMINI_BASE_URL={gateway}/gemini",
        $"export GEMINI_API_KEY={key}",
        "# OpenRouter, with its own SDK or an OpenAI SDK",
        $"export OPENROUTER_BASE_URL={gateway}/openrouter/api/v1",
        $"export OPENROUTER_API_KEY={key}",
    ];
}
