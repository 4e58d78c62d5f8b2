using System.Text;
using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>Small bodies of the providers that speak OpenAI's formats; the shapes are of their API references and SDK types.</summary>
internal static class FamilyBodies
{
    // OpenAI's reference of image streaming: partial images, then one completed event with the usage.
    public const string ImageStream =
        """
        event: image_generation.partial_image
        data: {"type":"image_generation.partial_image","b64_json":"AAAA","created_at":1,"size":"1024x1024","quality":"high","partial_image_index":0}

        event: image_generation.completed
        data: {"type":"image_generation.completed","b64_json":"AAAA","created_at":1,"size":"1024x1024","quality":"high","usage":{"total_tokens":100,"input_tokens":50,"output_tokens":50,"input_tokens_details":{"text_tokens":10,"image_tokens":40}}}


        """;

    // The transcription stream has CRLF line ends, and [DONE] behind its last event.
    public const string TranscriptStream =
        "data: {\"type\":\"transcript.text.delta\",\"delta\":\"Hi\"}\r\n\r\n"
        + "data: {\"type\":\"transcript.text.done\",\"text\":\"Hi\",\"usage\":{\"type\":\"tokens\",\"total_tokens\":49,\"input_tokens\":37,\"input_token_details\":{\"text_tokens\":2,\"audio_tokens\":35},\"output_tokens\":12}}\r\n\r\n"
        + "data: [DONE]\r\n\r\n";

    // OpenAI's reference of speech with stream_format sse.
    public const string SpeechStream =
        """
        data: {"type":"speech.audio.delta","audio":"AAAA"}

        data: {"type":"speech.audio.done","usage":{"input_tokens":14,"output_tokens":101,"total_tokens":115}}


        """;

    // Groq's SDK types: the last chunk has the usage three times over, once with the models that a compound system called.
    public const string CompoundStream =
        """
        data: {"id":"c1","object":"chat.completion.chunk","model":"groq/compound","choices":[{"index":0,"delta":{"role":"assistant","executed_tools":[{"index":0,"type":"search","arguments":"{}"}]},"finish_reason":null}],"x_groq":{"id":"r1"}}

        data: {"id":"c1","object":"chat.completion.chunk","model":"groq/compound","choices":[{"index":0,"delta":{"executed_tools":[{"index":0,"type":"search","arguments":"{}","output":"x"}]},"finish_reason":null}]}

        data: {"id":"c1","object":"chat.completion.chunk","model":"groq/compound","choices":[{"index":0,"delta":{"content":"Rain"},"finish_reason":null}]}

        data: {"id":"c1","object":"chat.completion.chunk","model":"groq/compound","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"id":"r1","usage":{"queue_time":0.2,"prompt_tokens":300,"completion_tokens":30,"total_tokens":330,"total_time":1.2},"usage_breakdown":{"models":[{"model":"llama-3.3-70b-versatile","usage":{"prompt_tokens":100,"completion_tokens":4,"total_tokens":104}},{"model":"openai/gpt-oss-120b","usage":{"prompt_tokens":150,"completion_tokens":20,"total_tokens":170}},{"model":"llama-3.3-70b-versatile","usage":{"prompt_tokens":50,"completion_tokens":6,"total_tokens":56}}]}}}

        data: [DONE]


        """;

    // Perplexity: cumulative usage in every chunk.
    public const string SonarStream =
        "data: {\"id\":\"p1\",\"model\":\"sonar\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"O\"},\"finish_reason\":null}],\"usage\":{\"prompt_tokens\":8,\"completion_tokens\":1,\"total_tokens\":9,\"search_context_size\":\"low\",\"cost\":{\"input_tokens_cost\":0.00001,\"output_tokens_cost\":0.0,\"request_cost\":0.005,\"total_cost\":0.00501}}}\r\n\r\n"
        + "data: {\"id\":\"p1\",\"model\":\"sonar\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"K\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":8,\"completion_tokens\":2,\"total_tokens\":10,\"search_context_size\":\"low\",\"cost\":{\"input_tokens_cost\":0.00001,\"output_tokens_cost\":0.0,\"request_cost\":0.005,\"total_cost\":0.00501}}}\r\n\r\n"
        + "data: [DONE]\r\n\r\n";

    // Azure: the first chunk has the filter's results and nothing else, its model and id are empty.
    public const string AzureStream =
        """
        data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]}

        data: {"choices":[{"content_filter_results":{},"delta":{"content":"Hi"},"finish_reason":null,"index":0}],"created":1,"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","object":"chat.completion.chunk","usage":null}

        data: {"choices":[{"content_filter_offsets":{"check_offset":1},"finish_reason":"stop","index":0}],"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","usage":null}

        data: {"choices":[],"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15,"latency_checkpoint":{"engine_ttft_ms":25}}}

        data: [DONE]


        """;

    // Moonshot's older streams: the usage is the choice's.
    public const string MoonshotStream =
        """
        data: {"id":"m1","model":"kimi-k2","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}

        data: {"id":"m1","model":"kimi-k2","choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21,"cached_tokens":4}}]}

        data: [DONE]


        """;

    // DeepSeek: comments while the call is queued.
    public const string DeepSeekStream =
        """
        : keep-alive

        : keep-alive

        data: {"id":"d1","model":"deepseek-chat","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}],"usage":null}

        data: {"id":"d1","model":"deepseek-chat","choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}],"usage":{"prompt_tokens":339,"completion_tokens":83,"total_tokens":422,"prompt_tokens_details":{"cached_tokens":320},"completion_tokens_details":{"reasoning_tokens":39},"prompt_cache_hit_tokens":320,"prompt_cache_miss_tokens":19}}

        data: [DONE]


        """;

    // vLLM with continuous_usage_stats: usage in every chunk, and a last one without choices.
    public const string VllmStream =
        """
        data: {"id":"v1","model":"qwen","choices":[{"index":0,"delta":{"content":"H"},"finish_reason":null}],"usage":{"prompt_tokens":5,"completion_tokens":1,"total_tokens":6}}

        data: {"id":"v1","model":"qwen","choices":[{"index":0,"delta":{"content":"i"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}

        data: {"id":"v1","model":"qwen","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}

        data: [DONE]


        """;

    public static IReadOnlyList<Fixture> All { get; } =
    [
        new("image stream", () => Of("openai", "/v1/images/generations"), ImageStream),
        new("transcript stream", () => Of("openai", "/v1/audio/transcriptions"), TranscriptStream),
        new("speech stream", () => Of("openai", "/v1/audio/speech", head: new ResponseHead("text/event-stream")), SpeechStream),
        new("compound stream", () => Of("groq", "/openai/v1/chat/completions"), CompoundStream),
        new("sonar stream", () => Of("perplexity", "/chat/completions"), SonarStream),
        new("azure stream", () => Of("azure-openai", "/openai/v1/chat/completions"), AzureStream),
        new("moonshot stream", () => Of("openai-compatible", "/v1/chat/completions"), MoonshotStream),
        new("deepseek stream", () => Of("deepseek", "/chat/completions"), DeepSeekStream),
        new("vllm stream", () => Of("openai-compatible", "/v1/chat/completions"), VllmStream),
        new("image body", () => Of("openai", "/v1/images/generations"), """{"created":1,"data":[{"b64_json":"AAAA"},{"b64_json":"AAAA"}],"size":"1024x1024","quality":"high"}"""),
        new("ocr body", () => Of("mistral", "/v1/ocr"), """{"pages":[{"index":0,"markdown":"x"}],"model":"mistral-ocr-latest","usage_info":{"pages_processed":3,"doc_size_bytes":18810}}"""),
        new("rerank body", () => Of("openai-compatible", "/v1/rerank"), """{"id":"r","results":[{"index":0,"relevance_score":0.5}],"meta":{"billed_units":{"search_units":2}}}"""),
    ];

    public static IUsageCollector Of(string kind, string path, RequestFacts? facts = null, ResponseHead head = default) =>
        Dialects.Of(kind).CreateCollector(Dialects.Route(kind, path), facts ?? RequestFacts.Empty, head);

    public static Playback Play(string kind, string path, string body, RequestFacts? facts = null, ResponseHead head = default) =>
        Playback.Of(Of(kind, path, facts, head), Encoding.UTF8.GetBytes(body));
}
