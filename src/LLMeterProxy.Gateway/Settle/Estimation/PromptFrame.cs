namespace LLMeterProxy.Gateway.Settle.Estimation;

/// <summary>
/// What a provider adds to the texts of a request before its model sees them: the chat template, published with open models and
/// told by counting for the others.
/// </summary>
/// <param name="Call">Tokens of every chat.</param>
/// <param name="Message">Tokens of each message.</param>
/// <param name="Tools">Tokens where any tool is defined.</param>
/// <param name="Text">Tokens of the model for one of the vocabulary that texts are counted with.</param>
/// <param name="Schema">The same for definitions of tools and schemas, which are counted as JSON and shown in another form.</param>
internal readonly record struct PromptFrame(int Call, int Message, int Tools, double Text, double Schema)
{
    /// <param name="model">In any spelling.</param>
    public static PromptFrame Of(ModelFamily family, string model) => family switch
    {
        // The cookbook of OpenAI: three tokens and a role a message, three to begin the answer.
        ModelFamily.OpenAi => new(3, 4, 0, 1, 0.8),

        // The default system message of the harmony format.
        ModelFamily.GptOss => new(62, 5, 0, 1, 0.8),

        // Anthropic states what the presence of tools adds, 264 tokens for Haiku 3 and 3.5, 346 for later models, and up to 1.35
        // times the tokens for the same text since Opus 4.7.
        ModelFamily.Claude => new(4, 4, IsEarlyHaiku(model) ? 264 : 346, CountsMore(model) ? 1.3 : 1.05, CountsMore(model) ? 1.4 : 1.1),
        ModelFamily.Gemini => new(0, 0, 0, 1, 0.75),
        ModelFamily.Gemma => new(4, 5, 0, 1, 1),
        ModelFamily.Mistral => new(1, 3, 0, 1, 0.8),

        // The template of Llama 3 tells the model a date in a system message of its own.
        ModelFamily.Llama => new(30, 5, 100, 1, 1),
        ModelFamily.Plain => new(0, 0, 0, 1, 0.6),
        ModelFamily.Nova => new(0, 0, 336, 1, 1),

        // Templates like that of Qwen explain the use of tools in some two hundred tokens.
        _ => new(3, 4, 200, 1, 1),
    };

    /// <summary>All tokens of the texts of a prompt.</summary>
    /// <param name="isChat">False for operations that have no template: embeddings, reranking, images.</param>
    public long Total(PromptReader prompt, bool isChat)
    {
        var texts = (prompt.TextTokens * Text) + (prompt.SchemaTokens * Schema);
        var frame = isChat ? Call + (Math.Max(1, prompt.Messages) * Message) + (prompt.Tools > 0 ? Tools : 0) : 0;
        return (long)Math.Ceiling(texts) + frame;
    }

    private static bool IsEarlyHaiku(string model) =>
        model.Contains("3-haiku", StringComparison.OrdinalIgnoreCase) || model.Contains("3-5-haiku", StringComparison.OrdinalIgnoreCase);

    private static bool CountsMore(string model) =>
        model.Contains("opus-4-7", StringComparison.OrdinalIgnoreCase)
        || model.Contains("opus-4.7", StringComparison.OrdinalIgnoreCase)
        || model.Contains("opus-4-8", StringComparison.OrdinalIgnoreCase)
        || model.Contains("opus-4.8", StringComparison.OrdinalIgnoreCase)
        || model.Contains("sonnet-5", StringComparison.OrdinalIgnoreCase);
}
