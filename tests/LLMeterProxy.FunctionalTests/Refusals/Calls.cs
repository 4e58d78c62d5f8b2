using System.Net.Http.Headers;
using System.Text;

namespace LLMeterProxy.FunctionalTests.Refusals;

/// <summary>One plain metered call of each family, and variations of it.</summary>
internal static class Calls
{
    public static string Path(Api api, string? model = null) => api switch
    {
        Api.OpenAi => "/openai/v1/chat/completions",
        Api.Anthropic => "/anthropic/v1/messages",
        _ => $"/gemini/v1beta/models/{model ?? Model(api)}:generateContent",
    };

    public static string Model(Api api) => api switch
    {
        Api.OpenAi => "gpt-4o-mini",
        Api.Anthropic => "claude-haiku-4-5",
        _ => "gemini-2.5-flash",
    };

    public static string Body(Api api, string? model = null, int maxTokens = 16, string text = "Hello") => api switch
    {
        Api.OpenAi => $$"""{"model":"{{model ?? Model(api)}}","max_tokens":{{maxTokens}},"messages":[{"role":"user","content":"{{text}}"}]}""",
        Api.Anthropic => $$"""{"model":"{{model ?? Model(api)}}","max_tokens":{{maxTokens}},"messages":[{"role":"user","content":"{{text}}"}]}""",
        _ => $$$"""{"contents":[{"role":"user","parts":[{"text":"{{{text}}}"}]}],"generationConfig":{"maxOutputTokens":{{{maxTokens}}}}}""",
    };

    public static HttpRequestMessage Post(Api api, string? key, string? body = null, string? path = null)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body ?? Body(api)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return WithKey(new HttpRequestMessage(HttpMethod.Post, path ?? Path(api)) { Content = content }, api, key);
    }

    public static HttpRequestMessage WithKey(HttpRequestMessage request, Api api, string? key)
    {
        if (key is not null)
        {
            var (name, value) = api switch
            {
                Api.OpenAi => ("Authorization", "Bearer " + key),
                Api.Anthropic => ("x-api-key", key),
                _ => ("x-goog-api-key", key),
            };
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
