using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>
/// Answers in another form than their path has, and usages that say the same in other places than OpenAI's own. The shapes are of
/// the providers' API references and of public issues.
/// </summary>
public sealed class ForeignFormTests
{
    private const string Chat = "/v1/chat/completions";

    private const string ResponsesStream =
        """
        event: response.created
        data: {"type":"response.created","response":{"id":"resp_1","model":"gpt-5","status":"in_progress","usage":null}}

        event: response.output_text.delta
        data: {"type":"response.output_text.delta","delta":"Hi"}

        event: response.completed
        data: {"type":"response.completed","response":{"id":"resp_1","model":"gpt-5-2025-08-07","status":"completed","service_tier":"default","usage":{"input_tokens":31,"input_tokens_details":{"cached_tokens":16},"output_tokens":9,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":40}}}


        """;

    private const string ChatStream =
        """
        data: {"id":"c1","model":"m-1","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}

        data: {"id":"c1","model":"m-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

        data: {"id":"c1","model":"m-1","choices":[],"usage":{"prompt_tokens":31,"prompt_tokens_details":{"cached_tokens":16},"completion_tokens":9,"completion_tokens_details":{"reasoning_tokens":4},"total_tokens":40}}

        data: [DONE]


        """;

    // Cursor sends bodies of the Responses API to chat paths, and some servers answer them in kind.
    [Theory]
    [InlineData("openai", Chat, ResponsesStream, "gpt-5-2025-08-07", "resp_1")]
    [InlineData("openai-compatible", Chat, ResponsesStream, "gpt-5-2025-08-07", "resp_1")]
    [InlineData("openai", "/v1/responses", ChatStream, "m-1", "c1")]
    [InlineData("azure-openai", "/openai/v1/responses", ChatStream, "m-1", "c1")]
    public void A_stream_in_the_form_of_the_other_path_is_metered(string kind, string path, string body, string model, string id)
    {
        var asked = new RequestFacts { UsageSplice = path == Chat ? new BodySplice(1, 0, new byte[1]) : null };
        var played = FamilyBodies.Play(kind, path, body, asked);
        var report = played.Report;
        Assert.Equal((31, 15, 16, 9, 4), (report.Usage!.InputTokens, report.Usage.UncachedInputTokens, report.Usage.CacheReadTokens, report.Usage.OutputTokens, report.Usage.ReasoningTokens));
        Assert.Equal((model, id, true, false), (report.Model, report.ResponseId, report.IsFinal, report.ErrorSeen));
        Assert.Empty(report.Flags);
        Assert.Equal(body, played.Client);
    }

    [Theory]
    [InlineData("""{"type":"response.incomplete","response":{"model":"m","status":"incomplete","usage":{"input_tokens":5,"output_tokens":2,"total_tokens":7}}}""", 5, true, false)]
    [InlineData("""{"type":"response.failed","response":{"model":"m","status":"failed","usage":null,"error":{"code":"insufficient_quota"}}}""", -1, false, true)]
    public void How_a_response_on_a_chat_path_ends_is_seen(string last, long input, bool final, bool error)
    {
        var report = FamilyBodies.Play("openai", Chat, "data: " + last + "\n\n").Report;
        Assert.Equal((input, final, error), (report.Usage?.InputTokens ?? -1, report.IsFinal, report.ErrorSeen));
    }

    [Fact]
    public void A_body_in_the_form_of_the_other_path_is_metered()
    {
        var response = FamilyBodies.Play("openai", Chat, """{"id":"resp_1","object":"response","model":"m","status":"completed","output":[],"usage":{"input_tokens":5,"output_tokens":2,"total_tokens":7}}""").Report;
        var chat = FamilyBodies.Play("openai", "/v1/responses", """{"id":"c","model":"m","choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}""").Report;
        Assert.All([response, chat], report => Assert.Equal((5, 2, true), (report.Usage!.InputTokens, report.Usage.OutputTokens, report.IsFinal)));
    }

    // The Responses API answers stream_options.include_usage with a 400, and needs no asking.
    [Theory]
    [InlineData("""{"model":"m","input":"Hi","stream":true}""", false)]
    [InlineData("""{"model":"m","messages":[],"stream":true}""", true)]
    // Beside messages it is a chat, whatever else is there.
    [InlineData("""{"model":"m","input":"Hi","messages":[],"stream":true}""", true)]
    public void A_body_of_the_Responses_API_on_a_chat_path_is_not_asked_for_usage(string body, bool asks)
    {
        var facts = Dialects.Facts("openai", Chat, body);
        Assert.Equal(asks, facts.UsageSplice is not null);
        Assert.Equal(asks, facts.OutputLimitInsertion is not null);
    }

    [Theory]
    [InlineData("""{"model":"m","input":"Hi","background":true}""")]
    public void A_background_response_on_a_chat_path_is_refused(string body) =>
        Assert.NotNull(Dialects.Problem("openai", Chat, body));

    // A server that takes the body for a chat ignores the other API's limit, so that no hold may believe it.
    [Fact]
    public void The_limit_of_the_Responses_API_is_not_believed_on_a_chat_path() =>
        Assert.Null(Dialects.Facts("openai", Chat, """{"model":"m","messages":[],"max_output_tokens":1}""").MaxOutputTokens);

    // Mistral's reference of transcriptions: seconds, and a total that has the sound on top, without details of it.
    [Fact]
    public void Sound_that_only_the_total_has_is_no_thinking()
    {
        const string Usage = """{"prompt_audio_seconds":203,"prompt_tokens":4,"total_tokens":3264,"completion_tokens":635}""";
        var heard = FamilyBodies.Play("mistral", "/v1/audio/transcriptions", """{"model":"voxtral-mini-2507","text":"Hi","usage":""" + Usage + "}").Report;
        Assert.Equal((4, 635, 0), (heard.Usage!.InputTokens, heard.Usage.OutputTokens, heard.Usage.ReasoningTokens));
        Assert.Equal([new UnitCount("second", 203)], heard.Usage.Units);
        Assert.Empty(heard.Flags);

        var chat = FamilyBodies.Play("mistral", Chat, Bodies.ChatBody(Usage)).Report;
        Assert.Equal((2629, 2625, 635, 0), (chat.Usage!.InputTokens, chat.Usage.AudioInputTokens, chat.Usage.OutputTokens, chat.Usage.ReasoningTokens));
    }

    [Theory]
    // Alibaba's explicit cache; Novita; a detail that is always 0 beside the figure.
    [InlineData("""{"prompt_tokens":20,"completion_tokens":3,"total_tokens":23,"prompt_tokens_details":{"cached_tokens":0,"cache_creation_input_tokens":5,"cache_creation":{"ephemeral_5m_input_tokens":5},"cache_type":"ephemeral"}}""", 0, 5)]
    [InlineData("""{"prompt_tokens":20,"completion_tokens":3,"total_tokens":23,"prompt_tokens_details":{"audio_tokens":0,"cached_tokens":8,"cache_creation_input_tokens":0,"cache_read_input_tokens":0}}""", 8, 0)]
    [InlineData("""{"prompt_tokens":20,"completion_tokens":3,"total_tokens":23,"prompt_tokens_details":{"cache_read_input_tokens":8,"cache_creation_tokens":5}}""", 8, 5)]
    [InlineData("""{"prompt_tokens":20,"completion_tokens":3,"total_tokens":23,"num_cached_tokens":8,"prompt_tokens_details":{"cached_tokens":0}}""", 8, 0)]
    [Trait("Acceptance", "A50")]
    public void A_cache_is_read_by_all_its_names(string usage, long read, long written)
    {
        var report = FamilyBodies.Play("openai-compatible", Chat, Bodies.ChatBody(usage)).Report;
        Assert.Equal((20, 20 - read - written, read, written), (report.Usage!.InputTokens, report.Usage.UncachedInputTokens, report.Usage.CacheReadTokens, report.Usage.CacheWrite5mTokens));
        Assert.Empty(report.Flags);
    }

    [Theory]
    // What one of the totals leaves is the other, and nothing hidden.
    [InlineData("""{"prompt_tokens":9,"completion_tokens":null,"total_tokens":9}""", 9, 0)]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":null,"total_tokens":12}""", 9, 3)]
    [InlineData("""{"prompt_tokens":null,"completion_tokens":3,"total_tokens":12}""", 9, 3)]
    [InlineData("""{"completion_tokens":3,"total_tokens":12}""", 9, 3)]
    [InlineData("""{"prompt_tokens":9,"total_tokens":12}""", 9, 3)]
    public void A_total_that_is_not_stated_follows_from_the_sum(string usage, long input, long output)
    {
        var report = FamilyBodies.Play("openai-compatible", Chat, Bodies.ChatBody(usage)).Report;
        Assert.Equal((input, output, 0), (report.Usage!.InputTokens, report.Usage.OutputTokens, report.Usage.ReasoningTokens));
        Assert.Empty(report.Flags);
    }

    // Fireworks' reference: what was cached is told in the head of a body, and in the last chunk of a stream that asks for it.
    [Fact]
    public void Fireworks_tells_its_cache_outside_the_usage()
    {
        const string Usage = """{"prompt_tokens":20,"completion_tokens":3,"total_tokens":23}""";
        var body = FamilyBodies.Play("openai-compatible", "/inference/v1/chat/completions", Bodies.ChatBody(Usage), head: new ResponseHead("application/json", new Head("8"))).Report;
        var stream = FamilyBodies.Play("openai-compatible", "/inference/v1/chat/completions", "data: {\"model\":\"m\",\"choices\":[{\"finish_reason\":\"stop\"}],\"usage\":" + Usage + ",\"perf_metrics\":{\"fireworks-prompt-tokens\":20,\"fireworks-cached-prompt-tokens\":8}}\n\ndata: [DONE]\n\n").Report;
        Assert.All([body, stream], report => Assert.Equal((20, 12, 8), (report.Usage!.InputTokens, report.Usage.UncachedInputTokens, report.Usage.CacheReadTokens)));

        var stated = FamilyBodies.Play("openai-compatible", Chat, Bodies.ChatBody("""{"prompt_tokens":20,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":5}}"""), head: new ResponseHead("application/json", new Head("8"))).Report;
        Assert.Equal(5, stated.Usage!.CacheReadTokens);
        var wrong = FamilyBodies.Play("openai-compatible", Chat, Bodies.ChatBody(Usage), head: new ResponseHead("application/json", new Head("900"))).Report;
        Assert.Equal((0, 20), (wrong.Usage!.UncachedInputTokens, wrong.Usage.CacheReadTokens));
    }

    // OpenRouter's guide to own keys: the upstream is paid by the caller, and OpenRouter takes a fee.
    [Theory]
    [InlineData("0", "0.003", "0.003")]
    [InlineData("0.00015", "0.003", "0.00315")]
    public void With_an_own_key_the_spend_is_the_upstreams_and_the_fee(string fee, string upstream, string total)
    {
        var usage = "{\"prompt_tokens\":5,\"completion_tokens\":2,\"total_tokens\":7,\"cost\":" + fee + ",\"is_byok\":true,\"cost_details\":{\"upstream_inference_cost\":" + upstream + "}}";
        var expected = NanoUsd.FromUsd(decimal.Parse(total, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(expected, FamilyBodies.Play("openrouter", "/api/v1/chat/completions", Bodies.ChatBody(usage)).Report.ProviderCost);
        var message = "{\"type\":\"message\",\"model\":\"m\",\"usage\":" + usage.Replace("prompt_", "input_", StringComparison.Ordinal).Replace("completion_", "output_", StringComparison.Ordinal) + "}";
        Assert.Equal(expected, FamilyBodies.Play("openrouter", "/api/v1/messages", message).Report.ProviderCost);
    }

    // Moonshot, Z.ai, vLLM and others have Anthropic's messages beside OpenAI's format.
    [Theory]
    [InlineData("/v1/messages")]
    [InlineData("/anthropic/v1/messages")]
    [InlineData("/api/anthropic/v1/messages")]
    public void A_compatible_server_may_speak_messages(string path)
    {
        var report = FamilyBodies.Play("openai-compatible", path, """{"id":"msg_1","type":"message","model":"kimi-k2","stop_reason":"end_turn","usage":{"input_tokens":5,"cache_read_input_tokens":7,"output_tokens":2}}""").Report;
        Assert.Equal((12, 7, 2, true), (report.Usage!.InputTokens, report.Usage.CacheReadTokens, report.Usage.OutputTokens, report.IsFinal));
        Assert.Equal(16, Dialects.Facts("openai-compatible", path, """{"model":"kimi-k2","max_tokens":16,"messages":[]}""").MaxOutputTokens);
    }

    private sealed class Head(string cached) : IResponseHeaders
    {
        public string? Find(string name) => name == "fireworks-cached-prompt-tokens" ? cached : null;
    }
}
