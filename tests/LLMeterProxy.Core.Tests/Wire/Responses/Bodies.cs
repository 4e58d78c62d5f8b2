using System.Text;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Anthropic;
using LLMeterProxy.Core.Wire.Gemini;
using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.OpenRouter;

namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>Small response bodies in the providers' formats, and the collectors that read them.</summary>
internal static class Bodies
{
    public const string ChatUsage =
        """{"prompt_tokens":20,"completion_tokens":5,"total_tokens":25,"prompt_tokens_details":{"cached_tokens":8,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":3,"audio_tokens":0}}""";

    public const string UsageChunk =
        "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"model\":\"gpt-4o-2024-08-06\",\"choices\":[],\"usage\":" + ChatUsage + "}\n\n";

    public const string ChatStream =
        """
        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-4o-2024-08-06","service_tier":"default","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null,"obfuscation":"aaaaaaaa"}

        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-4o-2024-08-06","service_tier":"default","choices":[{"index":0,"delta":{"content":"Grüße"},"finish_reason":null}],"usage":null,"obfuscation":"bb"}

        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-4o-2024-08-06","service_tier":"default","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}


        """ + UsageChunk + "data: [DONE]\n\n";

    public const string ChatJson =
        """{"id":"chatcmpl-2","object":"chat.completion","model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":"Hi \"you\""},"finish_reason":"stop"}],"usage":""" + ChatUsage + ",\"service_tier\":\"priority\"}\n";

    public const string ResponsesStream =
        """
        event: response.created
        data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","status":"in_progress","model":"gpt-5","service_tier":"auto","output":[],"usage":null}}

        event: response.output_text.delta
        data: {"type":"response.output_text.delta","sequence_number":1,"item_id":"msg_1","delta":"Hello","obfuscation":"xx"}

        event: response.output_text.done
        data: {"type":"response.output_text.done","sequence_number":2,"text":"Hello"}

        event: response.completed
        data: {"type":"response.completed","sequence_number":3,"response":{"id":"resp_1","object":"response","status":"completed","model":"gpt-5-2025-08-07","service_tier":"flex","output":[{"type":"web_search_call","action":{"type":"search","query":"q"}},{"type":"web_search_call","action":{"type":"open_page"}},{"type":"message","content":[{"type":"output_text","text":"Hello"}]}],"usage":{"input_tokens":30,"input_tokens_details":{"cached_tokens":10,"cache_write_tokens":4},"output_tokens":12,"output_tokens_details":{"reasoning_tokens":7},"total_tokens":42}}}


        """;

    public const string MessagesStream =
        """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[],"stop_reason":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":100,"cache_read_input_tokens":50,"cache_creation":{"ephemeral_5m_input_tokens":30,"ephemeral_1h_input_tokens":70},"output_tokens":2,"service_tier":"standard","inference_geo":"us"}}}

        event: ping
        data: {"type": "ping"}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}        }

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":12,"cache_creation_input_tokens":100,"cache_read_input_tokens":50,"output_tokens":9,"output_tokens_details":{"thinking_tokens":4},"server_tool_use":{"web_search_requests":2,"web_fetch_requests":1}}}

        event: message_stop
        data: {"type":"message_stop"}


        """;

    public const string OpenRouterMessages =
        """
        event: message_start
        data: {"type":"message_start","message":{"id":"gen-1","type":"message","model":"anthropic/claude-4.6-sonnet","content":[],"usage":{"input_tokens":0,"output_tokens":0}}}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":12,"output_tokens":9,"cost":0.000171,"is_byok":false,"cost_details":{"upstream_inference_cost":null}}}

        event: message_stop
        data: {"type":"message_stop"}

        event: data
        data: [DONE]


        """;

    public const string GeminiStream =
        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hel\"}],\"role\":\"model\"},\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":169,\"totalTokenCount\":169},\"modelVersion\":\"gemini-2.5-flash\",\"responseId\":\"r1\"}\r\n\r\n"
        + "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"lo\"}],\"role\":\"model\"},\"index\":0}],\"usageMetadata\":{\"trafficType\":\"ON_DEMAND\"},\"modelVersion\":\"gemini-2.5-flash\",\"responseId\":\"r1\"}\r\n\r\n"
        + "data: {\"candidates\":[{\"finishReason\":\"STOP\",\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":79,\"cachedContentTokenCount\":20,\"candidatesTokenCount\":11,\"thoughtsTokenCount\":30,\"toolUsePromptTokenCount\":5,\"totalTokenCount\":125,\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":70},{\"modality\":\"AUDIO\",\"tokenCount\":9}],\"trafficType\":\"ON_DEMAND_PRIORITY\"},\"modelVersion\":\"gemini-2.5-flash\",\"responseId\":\"r1\"}\r\n\r\n";

    public const string GeminiArray =
        "[{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hel\"}]}}],\"usageMetadata\":{\"promptTokenCount\":79,\"candidatesTokenCount\":1,\"totalTokenCount\":80}}\n,\r\n"
        + "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"lo\"}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":79,\"candidatesTokenCount\":11,\"totalTokenCount\":90},\"modelVersion\":\"gemini-2.5-flash\"}\n]";

    public static IReadOnlyList<Fixture> All { get; } =
    [
        new("chat stream, we asked for usage", Ask, ChatStream, ChatStream.Replace(UsageChunk, "", StringComparison.Ordinal)),
        new("chat stream, the client asked for usage", Chat, ChatStream),
        new("chat stream with CR", Ask, Lines(ChatStream, "\r"), Lines(ChatStream.Replace(UsageChunk, "", StringComparison.Ordinal), "\r")),
        new("chat stream with CRLF", Ask, Lines(ChatStream, "\r\n"), Lines(ChatStream.Replace(UsageChunk, "", StringComparison.Ordinal), "\r\n")),
        new("chat stream with BOM and comments", Chat, "\uFEFF: OPENROUTER PROCESSING\n\n: x\n" + ChatStream),
        new("chat stream without its last line end", Chat, ChatStream.TrimEnd('\n')),
        new("chat stream cut in the usage", Chat, ChatStream[..ChatStream.IndexOf("total_tokens", StringComparison.Ordinal)]),
        new("chat stream with multi-line data", Chat, ChatStream.Replace(",\"usage\":{", ",\ndata: \"usage\":\ndata:{", StringComparison.Ordinal)),
        new("chat stream with an event over the limit", Ask, LongEvent("\"choices\":[{\"delta\":{\"content\":\"" + new string('x', 70_000) + "\"}}]") + ChatStream, LongEvent("\"choices\":[{\"delta\":{\"content\":\"" + new string('x', 70_000) + "\"}}]") + ChatStream.Replace(UsageChunk, "", StringComparison.Ordinal)),
        new("chat body", Chat, ChatJson),
        new("chat body after blank lines", Chat, "\n\r\n   \n" + ChatJson),
        new("responses stream", Responses, ResponsesStream),
        new("responses stream without event names", Responses, string.Join('\n', ResponsesStream.Split('\n').Where(line => !line.StartsWith("event:", StringComparison.Ordinal)))),
        new("responses stream with a long last event", Responses, ResponsesStream.Replace("\"query\":\"q\"", "\"query\":\"" + new string('q', 70_000) + "\"", StringComparison.Ordinal)),
        new("messages stream", Messages, MessagesStream),
        new("messages stream of OpenRouter", RouterMessages, OpenRouterMessages),
        new("gemini stream", Gemini, GeminiStream),
        new("gemini array", Gemini, GeminiArray),
        .. NativeBodies.All,
        new("text", Chat, "dates: none of this is ours\n"),
        new("empty", Chat, ""),
    ];

    public static IUsageCollector Chat() => OpenAiCollectors.Create(Match(Operations.Chat), RequestFacts.Empty, default);

    /// <summary>We asked for usage; the client did not.</summary>
    public static IUsageCollector Ask() => OpenAiCollectors.Create(Match(Operations.Chat), RequestFacts.Empty with { UsageSplice = new BodySplice(1, 0, new byte[1]) }, new ResponseHead("text/event-stream"));

    public static IUsageCollector Completions() => OpenAiCollectors.Create(Match(Operations.Completions), RequestFacts.Empty, default);

    public static IUsageCollector Embeddings() => OpenAiCollectors.Create(Match(Operations.Embeddings), RequestFacts.Empty, new ResponseHead("application/json"));

    public static IUsageCollector Responses() => OpenAiCollectors.Create(Match(Operations.Responses), RequestFacts.Empty, default);

    public static IUsageCollector Messages() => AnthropicCollectors.Create(Match(Operations.Messages), RequestFacts.Empty, default);

    public static IUsageCollector Router() => new OpenRouterDialect().CreateCollector(Match(Operations.Chat), RequestFacts.Empty, default);

    public static IUsageCollector RouterMessages() => new OpenRouterDialect().CreateCollector(Match(Operations.Messages), RequestFacts.Empty, default);

    public static IUsageCollector Gemini() => GeminiCollectors.Create(Match(Operations.GenerateContent), RequestFacts.Empty, default);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static Playback Play(Func<IUsageCollector> collector, string body) => Playback.Of(collector(), Bytes(body));

    public static string ChatBody(string usage) => "{\"model\":\"m\",\"choices\":[{\"finish_reason\":\"stop\"}],\"usage\":" + usage + "}";

    private static string LongEvent(string members) => "data: {\"model\":\"m\"," + members + "}\n\n";

    private static string Lines(string text, string end) => text.Replace("\n", end, StringComparison.Ordinal);

    private static RouteMatch Match(string operation) => new(new Route("POST", "/", operation, RouteTreatment.Metered), "/");
}

internal sealed record Fixture(string Name, Func<IUsageCollector> Collector, string Body, string? ClientBody = null)
{
    public byte[] Bytes { get; } = Bodies.Bytes(Body);

    public byte[] Client { get; } = Bodies.Bytes(ClientBody ?? Body);
}
