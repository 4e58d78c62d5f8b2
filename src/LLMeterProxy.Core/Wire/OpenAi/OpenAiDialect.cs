namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>OpenAI: chat, completions, responses, embeddings, images, sound.</summary>
internal sealed class OpenAiDialect() : OpenAiFormatDialect(OpenAiRoutes.Table, _rules)
{
    private static readonly OpenAiRules _rules = new()
    {
        AsksForUsage = true,
        ChatLimit = "max_completion_tokens",
        CompletionLimit = 16,
        SearchesByCall = true,
        ImageModel = "dall-e-2",
    };

    public override string Kind => "openai";

    public override string? DefaultBaseUrl => "https://api.openai.com";

    public override string? ApiKeyVariable => "OPENAI_API_KEY";

    public override DisconnectPolicy OnDisconnect => DisconnectPolicy.Cancel;
}
