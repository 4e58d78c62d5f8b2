using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LLMeterProxy.CaptureTests.Recordings;
using Capture = LLMeterProxy.CaptureTests.Recordings.Capture;

namespace LLMeterProxy.CaptureTests.Replays;

/// <summary>The request of a recording: as recorded, or, where it was not or was cut, a valid one for that endpoint.</summary>
internal static partial class RequestContent
{
    private const string Prompt = "Hello.";

    /// <returns>Null for a request without a body.</returns>
    public static HttpContent? Of(Capture capture)
    {
        if (capture.Method == HttpMethod.Get)
            return null;
        var isForm = capture.RequestContentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) == true
            || (capture.RequestJson is null && capture.Dialect == "transcription");
        if (isForm)
            return Form(capture);
        var json = capture.RequestJson ?? JsonSerializer.SerializeToUtf8Bytes(Made(capture));
        var content = new ByteArrayContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    /// <summary>What stands for <c>{model}</c> in a path, and in a request that was not recorded.</summary>
    public static string ModelOf(Capture capture) => capture.ModelRequested ?? capture.ModelReported ?? capture.Dialect switch
    {
        "anthropic" => "claude-sonnet-4-5",
        "gemini" => "gemini-2.5-flash",
        "vertex.predict" => "imagen-4.0-generate-001",
        "images" => "gpt-image-1",
        "transcription" => "whisper-1",
        "embeddings" => "text-embedding-3-small",
        _ => "gpt-4o-mini",
    };

    private static MultipartFormDataContent Form(Capture capture)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match match in TextPart().Matches(capture.RequestText ?? ""))
            fields[match.Groups["name"].Value] = match.Groups["value"].Value;
        fields.TryAdd("model", ModelOf(capture));
        if (capture.IsStream)
            fields["stream"] = "true";
        var form = new MultipartFormDataContent("recorded-form-boundary");
        foreach (var (name, value) in fields)
        {
            var part = new ByteArrayContent(Encoding.UTF8.GetBytes(value));
            form.Add(part, $"\"{name}\"");
        }

        var file = new ByteArrayContent("RIFF\u0024\0\0\0WAVEfmt "u8.ToArray());
        file.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        form.Add(file, "\"file\"", "\"speech.wav\"");
        return form;
    }

    private static JsonObject Made(Capture capture)
    {
        var model = ModelOf(capture);
        var made = capture.Dialect switch
        {
            "gemini" => new JsonObject { ["contents"] = new JsonArray(new JsonObject { ["role"] = "user", ["parts"] = new JsonArray(new JsonObject { ["text"] = Prompt }) }) },
            "vertex.predict" => new JsonObject { ["instances"] = new JsonArray(new JsonObject { ["prompt"] = Prompt }), ["parameters"] = new JsonObject { ["sampleCount"] = 1 } },
            "gemini.embed" => new JsonObject { ["content"] = new JsonObject { ["parts"] = new JsonArray(new JsonObject { ["text"] = Prompt }) } },
            "converse" or "converse.stream" => new JsonObject { ["messages"] = Messages(new JsonArray(new JsonObject { ["text"] = Prompt })) },
            "invoke" or "invoke.stream" => new JsonObject { ["anthropic_version"] = "bedrock-2023-05-31", ["max_tokens"] = 1024, ["messages"] = Messages(Prompt) },
            "anthropic" => new JsonObject { ["model"] = model, ["max_tokens"] = 1024, ["messages"] = Messages(Prompt) },
            "responses" or "gemini.interactions" or "embeddings" or "moderation" => new JsonObject { ["model"] = model, ["input"] = Prompt },
            "completions" or "images" => new JsonObject { ["model"] = model, ["prompt"] = Prompt },
            "speech" => new JsonObject { ["model"] = model, ["input"] = Prompt, ["voice"] = "alloy" },
            "rerank" => new JsonObject { ["model"] = model, ["query"] = Prompt, ["documents"] = new JsonArray(Prompt, Prompt) },
            "ocr" => new JsonObject { ["model"] = model, ["document"] = new JsonObject { ["type"] = "document_url", ["document_url"] = "https://example.com/a.pdf" } },
            "ollama" when capture.Endpoint.EndsWith("/generate", StringComparison.Ordinal) => new JsonObject { ["model"] = model, ["prompt"] = Prompt },
            "ollama" when capture.Endpoint.EndsWith("/embed", StringComparison.Ordinal) => new JsonObject { ["model"] = model, ["input"] = Prompt },
            "cohere.chat" when capture.Endpoint.StartsWith("/v1/", StringComparison.Ordinal) => new JsonObject { ["model"] = model, ["message"] = Prompt },
            "cohere.other" when capture.Endpoint.EndsWith("/rerank", StringComparison.Ordinal) =>
                new JsonObject { ["model"] = model, ["query"] = Prompt, ["documents"] = new JsonArray(Prompt, Prompt) },
            "cohere.other" => new JsonObject { ["model"] = model, ["texts"] = new JsonArray(Prompt), ["input_type"] = "search_query", ["embedding_types"] = new JsonArray("float") },
            _ => new JsonObject { ["model"] = model, ["messages"] = Messages(Prompt) },
        };
        // Ollama streams unless it is told not to.
        if (capture.Dialect == "ollama")
            made["stream"] = capture.IsStream;
        else if (capture.IsStream && capture.Dialect is not ("gemini" or "converse.stream" or "invoke.stream"))
            made["stream"] = true;
        return made;
    }

    private static JsonArray Messages(JsonNode content) => new(new JsonObject { ["role"] = "user", ["content"] = content });

    [GeneratedRegex("name=\"(?<name>[^\"]+)\"\\r?\\n\\r?\\n(?<value>[^\\r\\n]*)\\r?\\n", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TextPart();
}
