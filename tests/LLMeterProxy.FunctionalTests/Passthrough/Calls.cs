namespace LLMeterProxy.FunctionalTests.Passthrough;

/// <summary>Every metered operation of every dialect, streamed and not.</summary>
public static class Calls
{
    public static IReadOnlyList<ApiCall> All { get; } =
    [
        .. OpenAi("openai", "/openai/v1", "gpt-4o-mini"),
        .. OpenAi("compatible", "/compatible/any/v1", "gpt-4o-mini"),
        .. OpenAi("gemini-openai", "/gemini/v1beta/openai", "gemini-2.5-flash").Where(c => c.Name.Contains("chat", StringComparison.Ordinal)),
        new("openai responses", "/openai/v1/responses", Responses(false)),
        new("openai responses stream", "/openai/v1/responses", Responses(true), IsStream: true),
        new("openrouter chat", "/openrouter/api/v1/chat/completions", Chat("openai/gpt-4o-mini", "")),
        new("openrouter chat stream", "/openrouter/api/v1/chat/completions", Chat("openai/gpt-4o-mini", ",\"stream\":true"), IsStream: true),
        new("openrouter messages", "/openrouter/api/v1/messages", Messages("anthropic/claude-sonnet-4.5", false)),
        new("openrouter messages stream", "/openrouter/api/v1/messages", Messages("anthropic/claude-sonnet-4.5", true), IsStream: true),
        new("anthropic messages", "/anthropic/v1/messages", Messages("claude-sonnet-4-5", false)),
        new("anthropic messages stream", "/anthropic/v1/messages", Messages("claude-sonnet-4-5", true), IsStream: true),
        new("gemini generate", "/gemini/v1beta/models/gemini-2.5-flash:generateContent", Contents),
        new("gemini stream events", "/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", Contents, IsStream: true),
        new("gemini stream array", "/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent", Contents, IsStream: true),
    ];

    private const string Contents = """{"contents":[{"role":"user","parts":[{"text":"Tell me something. {D}"}]}],"generationConfig":{"maxOutputTokens":200}}""";

    public static ApiCall Of(string name) => All.Single(c => c.Name == name);

    private static IEnumerable<ApiCall> OpenAi(string name, string root, string model)
    {
        yield return new($"{name} chat", $"{root}/chat/completions", Chat(model, ""));
        yield return new($"{name} chat stream", $"{root}/chat/completions", Chat(model, ",\"stream\":true"), IsStream: true, DropsUsage: true);
        yield return new($"{name} chat stream usage", $"{root}/chat/completions", Chat(model, ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"), IsStream: true);
        yield return new(
            $"{name} chat stream no-usage", $"{root}/chat/completions",
            Chat(model, ",\"stream\":true,\"stream_options\":{\"include_usage\":false,\"include_obfuscation\":false}"), IsStream: true, DropsUsage: true);
        yield return new($"{name} completions", $"{root}/completions", Completion("gpt-3.5-turbo-instruct", ""));
        yield return new($"{name} completions stream", $"{root}/completions", Completion("gpt-3.5-turbo-instruct", ",\"stream\":true"), IsStream: true, DropsUsage: true);
        yield return new($"{name} embeddings", $"{root}/embeddings", """{"model":"text-embedding-3-small","dimensions":16,"input":"Tell me something. {D}"}""");
    }

    private static string Chat(string model, string more) =>
        $$"""{"model":"{{model}}","max_tokens":200,"messages":[{"role":"user","content":"Tell me something. {D}"}]{{more}}}""";

    private static string Completion(string model, string more) =>
        $$"""{"model":"{{model}}","max_tokens":200,"prompt":"Tell me something. {D}"{{more}}}""";

    private static string Responses(bool stream) =>
        $$"""{"model":"gpt-4o-mini","max_output_tokens":200,"input":"Tell me something. {D}","stream":{{(stream ? "true" : "false")}}}""";

    private static string Messages(string model, bool stream) =>
        $$"""{"model":"{{model}}","max_tokens":200,"messages":[{"role":"user","content":"Tell me something. {D}"}],"stream":{{(stream ? "true" : "false")}}}""";
}
