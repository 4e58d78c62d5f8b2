using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Anthropic;
using LLMeterProxy.Core.Wire.Cohere;
using LLMeterProxy.Core.Wire.Gemini;
using LLMeterProxy.Core.Wire.Ollama;

namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>
/// Small response bodies in formats that a provider has to itself, written after the API references of Ollama, Cohere, Google
/// and Anthropic, and the collectors that read them.
/// </summary>
internal static class NativeBodies
{
    public const string OllamaLines =
        """
        {"model":"qwen3:4b","created_at":"2026-08-17T08:22:52.06Z","message":{"role":"assistant","content":"","thinking":"Hm"},"done":false}
        {"model":"qwen3:4b","created_at":"2026-08-17T08:22:52.07Z","message":{"role":"assistant","content":"po\"ng"},"done":false}
        {"model":"qwen3:4b","created_at":"2026-08-17T08:22:52.96Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":978445250,"load_duration":58436917,"prompt_eval_count":18,"prompt_eval_cached_count":6,"prompt_eval_duration":17853083,"eval_count":64,"eval_duration":810829670}

        """;

    public const string OllamaBody =
        """{"model":"qwen3:4b","created_at":"2026-08-17T08:22:52.06Z","message":{"role":"assistant","content":"pong"},"done_reason":"stop","done":true,"total_duration":4819895166,"prompt_eval_count":33,"eval_count":57}""";

    public const string CohereUsage =
        """{"billed_units":{"input_tokens":84,"output_tokens":314},"tokens":{"input_tokens":1501,"output_tokens":346,"reasoning_tokens":304},"cached_tokens":1008}""";

    public const string CohereStream =
        """
        event: message-start
        data: {"id":"65c1c25d","type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}

        event: content-delta
        data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"thinking":"Mm"}}}}

        event: content-delta
        data: {"type":"content-delta","index":1,"delta":{"message":{"content":{"text":"Grüße"}}}}

        event: message-end
        data: {"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":
        """ + CohereUsage + """
        }}

        data: [DONE]


        """;

    public const string CohereLines =
        """
        {"is_finished":false,"event_type":"stream-start","generation_id":"a7cd9d01"}
        {"is_finished":false,"event_type":"text-generation","text":"Ar"}
        {"is_finished":false,"event_type":"text-generation","text":"rr"}
        {"is_finished":true,"event_type":"stream-end","response":{"text":"Arrr","generation_id":"a7cd9d01","finish_reason":"COMPLETE","meta":{"api_version":{"version":"1"},"billed_units":{"input_tokens":7,"output_tokens":115},"tokens":{"input_tokens":69,"output_tokens":116}}},"finish_reason":"COMPLETE"}

        """;

    public const string CohereBody =
        """{"id":"1f2df0b3","message":{"role":"assistant","content":[{"type":"thinking","thinking":"5 + 3"},{"type":"text","text":"8."}]},"finish_reason":"COMPLETE","usage":""" + CohereUsage + "}";

    public const string InteractionUsage =
        """{"total_tokens":1373,"total_input_tokens":22,"input_tokens_by_modality":[{"modality":"text","tokens":13},{"modality":"image","tokens":9}],"total_cached_tokens":5,"total_output_tokens":973,"total_tool_use_tokens":129,"tool_use_tokens_by_modality":[{"modality":"text","tokens":129}],"total_thought_tokens":249,"raw_prompt_token":64}""";

    public const string InteractionStream =
        """
        event: interaction.created
        data: {"event_type":"interaction.created","interaction":{"id":"v1_1","model":"gemini-3-flash-preview","object":"interaction","status":"in_progress"}}

        event: step.delta
        data: {"delta":{"type":"google_search_call","arguments":{"queries":["a","b"]}},"event_type":"step.delta","index":0}

        event: step.delta
        data: {"delta":{"text":"11","type":"text"},"event_type":"step.delta","index":1}

        event: interaction.completed
        data: {"event_type":"interaction.completed","interaction":{"id":"v1_1","model":"gemini-3-flash-preview","object":"interaction","service_tier":"flex","status":"completed","usage":
        """ + InteractionUsage + """
        }}

        event: done
        data: [DONE]


        """;

    public const string InteractionBody =
        """{"id":"v1_2","status":"incomplete","usage":""" + InteractionUsage + ""","service_tier":"standard","steps":[{"signature":"Cos","type":"thought"},{"type":"google_search_call","arguments":{"queries":["a","b"]}},{"content":[{"text":"The image","type":"text"}],"type":"model_output"}],"object":"interaction","model":"gemini-2.5-flash"}""";

    /// <summary>With the line ends and the padding that the endpoint writes.</summary>
    public const string CompleteStream =
        "event: completion\r\ndata: {\"type\":\"completion\",\"id\":\"compl_1\",\"completion\":\" Light\",\"stop_reason\":null,\"model\":\"claude-2.1\",\"stop\":null}\r\n\r\n"
        + "event: ping\r\ndata: {\"type\": \"ping\"}\r\n\r\n"
        + "event: completion\r\ndata: {\"type\":\"completion\",\"id\":\"compl_1\",\"completion\":\".\",\"stop_reason\":\"stop_sequence\",\"model\":\"claude-2.1\",\"stop\":\"\\n\\nHuman:\"     }\r\n\r\n";

    public static IReadOnlyList<Fixture> All { get; } =
    [
        new("ollama lines", Ollama, OllamaLines),
        new("ollama lines with CRLF", Ollama, OllamaLines.Replace("\n", "\r\n", StringComparison.Ordinal)),
        new("ollama lines without their last end", Ollama, OllamaLines.TrimEnd('\n')),
        new("ollama documents without line ends", Ollama, OllamaLines.Replace("\n", "", StringComparison.Ordinal)),
        new("ollama document over lines", Ollama, OllamaBody.Replace(",", ",\n  ", StringComparison.Ordinal)),
        new("ollama lines with one that is none", Ollama, OllamaLines.Replace("}\n{\"model\":\"qwen3:4b\",\"created_at\":\"2026-08-17T08:22:52.07Z", "}\nwait {\n\n{\"model\":\"qwen3:4b\",\"created_at\":\"2026-08-17T08:22:52.07Z", StringComparison.Ordinal)),
        new("ollama lines cut in the last", Ollama, OllamaLines[..OllamaLines.IndexOf("eval_duration", StringComparison.Ordinal)]),
        new("ollama body", OllamaWhole, OllamaBody),
        new("cohere stream", Cohere, CohereStream),
        new("cohere lines", Cohere, CohereLines),
        new("cohere body", CohereWhole, CohereBody),
        new("interaction stream", Interactions, InteractionStream),
        new("interaction stream without event names", Interactions, string.Join('\n', InteractionStream.Split('\n').Where(line => !line.StartsWith("event:", StringComparison.Ordinal)))),
        new("interaction body", Interactions, InteractionBody),
    ];

    public static IUsageCollector Ollama() => OllamaCollectors.Create(Match(Operations.Chat), Streamed, new ResponseHead("application/x-ndjson"));

    public static IUsageCollector OllamaWhole() => OllamaCollectors.Create(Match(Operations.Chat), RequestFacts.Empty, new ResponseHead("application/json; charset=utf-8"));

    public static IUsageCollector OllamaEmbeddings() => OllamaCollectors.Create(Match(Operations.Embeddings), RequestFacts.Empty, new ResponseHead("application/json"));

    public static IUsageCollector Cohere() => CohereCollectors.Create(Streamed, new ResponseHead("application/stream+json"));

    public static IUsageCollector CohereWhole() => CohereCollectors.Create(RequestFacts.Empty, new ResponseHead("application/json"));

    public static IUsageCollector Interactions() => GeminiCollectors.Create(Match(Operations.Interactions), RequestFacts.Empty, default);

    public static IUsageCollector Predict() => GeminiCollectors.Create(Match(Operations.Predict) with { Model = "text-embedding-005" }, RequestFacts.Empty, default);

    public static IUsageCollector Complete() => AnthropicCollectors.Create(Match(Operations.Completions), RequestFacts.Empty, new ResponseHead("text/event-stream"));

    private static RequestFacts Streamed => RequestFacts.Empty with { Stream = true };

    private static RouteMatch Match(string operation) => new(new Route("POST", "/", operation, RouteTreatment.Metered), "/");
}
