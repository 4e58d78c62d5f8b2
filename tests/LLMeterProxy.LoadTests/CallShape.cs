namespace LLMeterProxy.LoadTests;

/// <summary>One way in which a client calls a model.</summary>
/// <param name="Path">On the gateway.</param>
/// <param name="Credential">Name of the header that the dialect's SDKs put the key in; <c>Authorization</c> takes it as bearer.</param>
/// <param name="Mark">Text with which a complete body has its end; null where only the body's own end shows it.</param>
/// <param name="EndsByMark">Whether a client takes the mark for the end, without waiting for the body's.</param>
/// <param name="Body">Makes the body around a prompt that needs no escaping.</param>
internal sealed record CallShape(string Name, string Path, string Credential, bool Stream, string? Mark, bool EndsByMark, Func<string, string> Body)
{
    /// <summary>No scripted answer is longer, so that a strict hold is a true bound.</summary>
    public const int MaxOutputTokens = 64;

    public static readonly CallShape Chat = new(
        "chat", "/openai/v1/chat/completions", "Authorization", false, null, false,
        p => $$"""{"model":"gpt-4o-mini","max_tokens":{{MaxOutputTokens}},"messages":[{"role":"user","content":"{{p}}"}]}""");

    public static readonly CallShape ChatStream = new(
        "chat stream", "/openai/v1/chat/completions", "Authorization", true, "[DONE]", true,
        p => $$"""{"model":"gpt-4o-mini","stream":true,"max_tokens":{{MaxOutputTokens}},"messages":[{"role":"user","content":"{{p}}"}]}""");

    public static readonly CallShape ChatStreamWithUsage = new(
        "chat stream, usage asked for", "/openai/v1/chat/completions", "Authorization", true, "[DONE]", true,
        p => $$"""{"model":"gpt-4o-mini","stream":true,"stream_options":{"include_usage":true},"max_tokens":{{MaxOutputTokens}},"messages":[{"role":"user","content":"{{p}}"}]}""");

    public static readonly CallShape Responses = new(
        "responses", "/openai/v1/responses", "Authorization", false, null, false,
        p => $$"""{"model":"gpt-4o-mini","max_output_tokens":{{MaxOutputTokens}},"input":"{{p}}"}""");

    public static readonly CallShape ResponsesStream = new(
        "responses stream", "/openai/v1/responses", "Authorization", true, "response.completed", true,
        p => $$"""{"model":"gpt-4o-mini","stream":true,"max_output_tokens":{{MaxOutputTokens}},"input":"{{p}}"}""");

    public static readonly CallShape Embeddings = new(
        "embeddings", "/openai/v1/embeddings", "Authorization", false, null, false,
        p => $$"""{"model":"text-embedding-3-small","input":"{{p}}"}""");

    public static readonly CallShape Messages = new(
        "messages", "/anthropic/v1/messages", "x-api-key", false, null, false,
        p => $$"""{"model":"claude-haiku-4-5","max_tokens":{{MaxOutputTokens}},"messages":[{"role":"user","content":"{{p}}"}]}""");

    public static readonly CallShape MessagesStream = new(
        "messages stream", "/anthropic/v1/messages", "x-api-key", true, "message_stop", true,
        p => $$"""{"model":"claude-haiku-4-5","stream":true,"max_tokens":{{MaxOutputTokens}},"messages":[{"role":"user","content":"{{p}}"}]}""");

    public static readonly CallShape Generate = new(
        "generateContent", "/gemini/v1beta/models/gemini-2.5-flash:generateContent", "x-goog-api-key", false, null, false, GeminiBody);

    public static readonly CallShape GenerateStream = new(
        "streamGenerateContent", "/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", "x-goog-api-key", true, "finishReason", false, GeminiBody);

    public static readonly CallShape OpenRouter = new(
        "openrouter", "/openrouter/api/v1/chat/completions", "Authorization", false, null, false,
        p => $$"""{"model":"openai/gpt-4o-mini","max_tokens":{{MaxOutputTokens}},"messages":[{"role":"user","content":"{{p}}"}]}""");

    public static readonly CallShape OpenRouterStream = new(
        "openrouter stream", "/openrouter/api/v1/chat/completions", "Authorization", true, "[DONE]", true,
        p => $$"""{"model":"openai/gpt-4o-mini","stream":true,"max_tokens":{{MaxOutputTokens}},"messages":[{"role":"user","content":"{{p}}"}]}""");

    public static readonly IReadOnlyList<CallShape> All =
    [
        Chat, ChatStream, ChatStreamWithUsage, Responses, ResponsesStream, Embeddings,
        Messages, MessagesStream, Generate, GenerateStream, OpenRouter, OpenRouterStream,
    ];

    public HttpRequestMessage Request(string gatewayUrl, string key, string prompt)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, gatewayUrl + Path)
        {
            Content = new StringContent(Body(prompt), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")),
        };
        request.Headers.TryAddWithoutValidation(Credential, Credential == "Authorization" ? "Bearer " + key : key);
        if (Credential == "x-api-key")
        {
            request.Headers.TryAddWithoutValidation("anthropic-version", "2023-06-01");
        }

        return request;
    }

    private static string GeminiBody(string prompt) =>
        $$$"""{"contents":[{"role":"user","parts":[{"text":"{{{prompt}}}"}]}],"generationConfig":{"maxOutputTokens":{{{MaxOutputTokens}}}}}""";
}
