using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>What each provider's figures mean (A38, A50 to A53, A60, T61 to T72, G18 to G25).</summary>
public class UsageTests
{
    [Fact]
    [Trait("Acceptance", "A50")]
    public void OpenAI_details_are_inside_the_totals()
    {
        var report = Bodies.Play(Bodies.Chat, Bodies.ChatJson).Report;
        AssertTokens(report, input: 20, uncached: 12, cacheRead: 8, output: 5, reasoning: 3);
        Assert.Equal(("gpt-4o-2024-08-06", "priority", "chatcmpl-2"), (report.Model, report.ServiceTier, report.ResponseId));
        Assert.Equal(Bodies.ChatUsage, System.Text.Encoding.UTF8.GetString(report.RawUsage.Span));
        Assert.Equal(10, report.OutputTextBytes);
    }

    [Fact]
    public void Cache_writes_of_OpenAI_are_inside_the_prompt()
    {
        var report = Chat("""{"prompt_tokens":4020,"completion_tokens":4,"total_tokens":4024,"prompt_tokens_details":{"cached_tokens":0,"cache_write_tokens":4012}}""");
        AssertTokens(report, input: 4020, uncached: 8, write5m: 4012, output: 4);
    }

    [Theory]
    [Trait("Acceptance", "A52")]
    // xAI: reasoning on top; Gemini's OpenAI form: hidden thinking; Mistral: audio on top; all inside.
    [InlineData("""{"prompt_tokens":12,"completion_tokens":1,"total_tokens":241,"completion_tokens_details":{"reasoning_tokens":228}}""", 12, 229, 228, false)]
    [InlineData("""{"prompt_tokens":66,"completion_tokens":6,"total_tokens":100}""", 66, 34, 28, false)]
    [InlineData("""{"prompt_tokens":11,"completion_tokens":15,"total_tokens":401,"prompt_tokens_details":{"audio_tokens":375}}""", 386, 15, 0, false)]
    [InlineData("""{"prompt_tokens":687,"completion_tokens":187,"total_tokens":874,"completion_tokens_details":{"reasoning_tokens":118}}""", 687, 187, 118, false)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":20,"completion_tokens_details":{"reasoning_tokens":3}}""", 10, 5, 3, true)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":9}""", 10, 5, 0, true)]
    public void The_gap_between_the_total_and_its_parts_decides(string usage, long input, long output, long reasoning, bool inconsistent)
    {
        var report = Chat(usage);
        AssertTokens(report, input, input, output: output, reasoning: reasoning);
        Assert.Equal(inconsistent, report.Flags.Contains(UsageFlags.UsageInconsistent));
    }

    [Fact]
    public void More_cached_than_prompt_keeps_the_totals_and_never_goes_negative()
    {
        var report = Chat("""{"prompt_tokens":203,"completion_tokens":1,"total_tokens":204,"prompt_tokens_details":{"cached_tokens":314}}""");
        AssertTokens(report, input: 203, uncached: 0, cacheRead: 314, output: 1);
        Assert.Equal([UsageFlags.UsageInconsistent], report.Flags);
    }

    [Theory]
    [Trait("Acceptance", "T68")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1000000000000000000")]
    [InlineData("1e40")]
    [InlineData("\"12\"")]
    [InlineData("null")]
    [InlineData("{}")]
    public void An_impossible_count_makes_the_usage_invalid(string count)
    {
        var report = Chat("{\"prompt_tokens\":" + count + ",\"completion_tokens\":5}");
        Assert.Null(report.Usage);
        Assert.Equal([UsageFlags.UsageInvalid], report.Flags);

        report = Bodies.Play(Bodies.Messages, "{\"model\":\"m\",\"usage\":{\"input_tokens\":5,\"output_tokens\":" + (count == "null" ? "-3" : count) + "}}").Report;
        Assert.Null(report.Usage);
        Assert.Equal([UsageFlags.UsageInvalid], report.Flags);

        report = Bodies.Play(Bodies.Gemini, "{\"usageMetadata\":{\"promptTokenCount\":" + (count == "null" ? "true" : count) + "}}").Report;
        Assert.Null(report.Usage);
        Assert.Equal([UsageFlags.UsageInvalid], report.Flags);
    }

    [Fact]
    public void Whole_numbers_written_as_floats_are_counts()
    {
        AssertTokens(Chat("""{"prompt_tokens":12.0,"completion_tokens":5e0}"""), input: 12, uncached: 12, output: 5);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"prompt_tokens":null,"completion_tokens":null}""")]
    public void Usage_without_a_count_is_none(string usage)
    {
        var report = Chat(usage);
        Assert.Null(report.Usage);
        Assert.Empty(report.Flags);
    }

    [Fact]
    public void Zero_is_a_count()
    {
        Assert.Equal(0, Chat("""{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}""").Usage!.InputTokens);
    }

    [Fact]
    [Trait("Acceptance", "T61")]
    public void Of_two_usages_in_one_object_the_larger_is_charged_and_flagged()
    {
        foreach (var (first, second) in new[] { (7, 900), (900, 7) })
        {
            var body = "{\"model\":\"m\",\"usage\":{\"prompt_tokens\":" + first + ",\"completion_tokens\":1},\"usage\":{\"prompt_tokens\":" + second + ",\"completion_tokens\":1}}";
            var played = Bodies.Play(Bodies.Chat, body);
            Assert.Equal(900, played.Report.Usage!.InputTokens);
            Assert.Equal([UsageFlags.UsageAmbiguous], played.Report.Flags);
            Assert.Equal(body, played.Client);
        }
    }

    [Fact]
    [Trait("Acceptance", "T62")]
    public void Usage_in_generated_text_or_below_another_path_has_no_effect()
    {
        const string Text = """data: {\"usage\":{\"prompt_tokens\":0}}\n\ndata: [DONE]\n\n\"usage\":{\"total_tokens\":0}""";
        var stream = "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"" + Text + "\",\"x\":{\"usage\":{\"prompt_tokens\":1}}},\"finish_reason\":null}]}\n\n" + Bodies.UsageChunk + "data: [DONE]\n\n";
        var report = Bodies.Play(Bodies.Chat, stream).Report;
        AssertTokens(report, input: 20, uncached: 12, cacheRead: 8, output: 5, reasoning: 3);
        Assert.Empty(report.Flags);

        report = Bodies.Play(Bodies.Chat, "{\"model\":\"m\",\"choices\":[{\"message\":{\"content\":\"" + Text + "\",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}}],\"usage\":" + Bodies.ChatUsage + "}").Report;
        Assert.Equal(20, report.Usage!.InputTokens);
        Assert.Empty(report.Flags);
    }

    [Fact]
    [Trait("Acceptance", "G18")]
    [Trait("Acceptance", "T64")]
    public void Running_usage_in_every_chunk_is_never_summed()
    {
        var stream = string.Concat(Enumerable.Range(1, 9).Select(i => "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"x\"}}],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":" + i + ",\"total_tokens\":" + (10 + i) + "}}\n\n"));
        var report = Bodies.Play(Bodies.Chat, stream).Report;
        AssertTokens(report, input: 10, uncached: 10, output: 9);
        Assert.False(report.IsFinal);
        Assert.False(report.TerminalSeen);
    }

    [Fact]
    public void An_unknown_number_is_flagged_and_a_measurement_is_not()
    {
        Assert.Equal([UsageFlags.UnpricedDimension], Chat("""{"prompt_tokens":1,"completion_tokens":1,"teleport_tokens":3}""").Flags);
        Assert.Empty(Chat("""{"prompt_tokens":1,"completion_tokens":1,"teleport_tokens":0,"queue_time":0.02}""").Flags);
        Assert.Equal([UsageFlags.UnpricedDimension], Bodies.Play(Bodies.Messages, """{"model":"m","usage":{"input_tokens":1,"output_tokens":1,"x":{},"y":4}}""").Report.Flags);
    }

    [Fact]
    [Trait("Acceptance", "A60")]
    public void OpenRouters_cost_is_kept_and_with_an_own_key_the_upstreams()
    {
        var report = Bodies.Play(Bodies.Router, Bodies.ChatBody("""{"prompt_tokens":7,"completion_tokens":4,"total_tokens":11,"cost":0.007637029,"is_byok":false,"cost_details":{"upstream_inference_cost":0.000637029}}""")).Report;
        Assert.Equal(new NanoUsd(7_637_029), report.ProviderCost);
        report = Bodies.Play(Bodies.Router, Bodies.ChatBody("""{"prompt_tokens":7,"completion_tokens":4,"total_tokens":11,"cost":0,"is_byok":true,"cost_details":{"upstream_inference_cost":6.3e-06}}""")).Report;
        Assert.Equal(new NanoUsd(6_300), report.ProviderCost);
        Assert.Null(Bodies.Play(Bodies.Router, Bodies.ChatJson).Report.ProviderCost);
    }

    [Fact]
    [Trait("Acceptance", "G20")]
    public void Responses_state_usage_tier_and_searches_at_the_end()
    {
        var report = Bodies.Play(Bodies.Responses, Bodies.ResponsesStream).Report;
        AssertTokens(report, input: 30, uncached: 16, cacheRead: 10, write5m: 4, output: 12, reasoning: 7);
        Assert.Equal(("gpt-5-2025-08-07", "flex"), (report.Model, report.ServiceTier));
        Assert.Equal([new UnitCount(UnitNames.WebSearch, 1)], report.Usage!.Units);
        Assert.Equal(5, report.OutputTextBytes);
    }

    [Fact]
    public void Tool_usage_wins_over_counting_and_image_tokens_stand_beside_the_totals()
    {
        const string Body = """{"id":"r","status":"completed","model":"gpt-5","output":[{"type":"web_search_call","action":{"type":"search"}}],"usage":{"input_tokens":5,"output_tokens":6,"total_tokens":11},"tool_usage":{"image_gen":{"input_tokens":10,"output_tokens":20,"total_tokens":30},"web_search":{"num_requests":3}}}""";
        var report = Bodies.Play(Bodies.Responses, Body).Report;
        Assert.Equal([new UnitCount(UnitNames.WebSearch, 3)], report.Usage!.Units);
        var extra = Assert.Single(report.Extra);
        Assert.Equal(("image_gen", 10, 20), (extra.Kind, extra.Usage.InputTokens, extra.Usage.OutputTokens));
        Assert.Equal(11, report.Usage.InputTokens + report.Usage.OutputTokens);
    }

    [Fact]
    public void A_failed_response_ends_the_stream_with_an_error_and_without_usage()
    {
        const string Stream = "event: error\ndata: {\"type\":\"error\",\"code\":\"insufficient_quota\"}\n\nevent: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{\"id\":\"r\",\"model\":\"m\",\"status\":\"failed\",\"error\":{\"code\":\"x\"},\"usage\":null}}\n\n";
        var report = Bodies.Play(Bodies.Responses, Stream).Report;
        Assert.True(report is { Usage: null, ErrorSeen: true, TerminalSeen: true });
    }

    [Fact]
    [Trait("Acceptance", "A38")]
    [Trait("Acceptance", "A51")]
    [Trait("Acceptance", "G19")]
    public void Anthropics_delta_is_laid_over_the_start_and_caches_are_on_top()
    {
        var report = Bodies.Play(Bodies.Messages, Bodies.MessagesStream).Report;
        AssertTokens(report, input: 162, uncached: 12, cacheRead: 50, write5m: 30, write1h: 70, output: 9, reasoning: 4);
        Assert.Equal([new UnitCount(UnitNames.WebSearch, 2)], report.Usage!.Units);
        Assert.Equal(("default", "us"), (report.ServiceTier, report.InferenceGeo));
        Assert.Contains("ephemeral_1h_input_tokens", System.Text.Encoding.UTF8.GetString(report.RawUsage.Span));
        Assert.Contains("\"output_tokens\":9", System.Text.Encoding.UTF8.GetString(report.RawUsage.Span));
        Assert.Equal(5, report.OutputTextBytes);
    }

    [Fact]
    public void A_cut_message_stream_keeps_what_the_start_stated_as_a_floor()
    {
        var cut = Bodies.MessagesStream[..Bodies.MessagesStream.IndexOf("event: message_delta", StringComparison.Ordinal)];
        var report = Bodies.Play(Bodies.Messages, cut + "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}\n\n").Report;
        AssertTokens(report, input: 160, uncached: 10, cacheRead: 50, write5m: 30, write1h: 70, output: 2);
        Assert.True(report is { IsFinal: false, TerminalSeen: false, ErrorSeen: true });
        Assert.False(report.RawUsage.IsEmpty);
    }

    [Fact]
    public void Cache_writes_without_a_split_are_of_the_short_kind()
    {
        var report = Bodies.Play(Bodies.Messages, """{"model":"m","stop_reason":"end_turn","usage":{"input_tokens":6,"cache_creation_input_tokens":159217,"output_tokens":2745,"speed":"fast"}}""").Report;
        AssertTokens(report, input: 159_223, uncached: 6, write5m: 159_217, output: 2745);
        Assert.Equal("fast", report.Speed);
    }

    [Fact]
    public void Iterations_beside_the_totals_are_lines_of_their_own_and_plain_loops_are_not()
    {
        const string Body = """{"model":"claude-x","stop_reason":"end_turn","usage":{"input_tokens":229,"output_tokens":8,"iterations":[{"type":"message","input_tokens":229,"output_tokens":8},{"type":"compaction","input_tokens":100,"cache_creation_input_tokens":55096,"output_tokens":125},{"type":"advisor_message","model":"claude-opus-4-8","input_tokens":2518,"output_tokens":22}]}}""";
        var report = Bodies.Play(Bodies.Messages, Body).Report;
        Assert.Equal([("compaction", null, 55_196L, 125L), ("advisor_message", "claude-opus-4-8", 2518L, 22L)], report.Extra.Select(e => (e.Kind, e.Model, e.Usage.InputTokens, e.Usage.OutputTokens)));
        AssertTokens(report, input: 229, uncached: 229, output: 8);

        const string Fallback = """{"model":"alias","usage":{"input_tokens":5,"output_tokens":8,"iterations":[{"type":"message","model":"declined","input_tokens":408,"output_tokens":0},{"type":"fallback_message","model":"served","input_tokens":5,"output_tokens":8}]}}""";
        report = Bodies.Play(Bodies.Messages, Fallback).Report;
        Assert.Equal(("declined_hop", "declined", 408), (report.Extra[0].Kind, report.Extra[0].Model, report.Extra[0].Usage.InputTokens));
        Assert.Equal("served", report.Model);
    }

    [Fact]
    public void OpenRouters_messages_start_at_zero_and_state_the_cost()
    {
        var report = Bodies.Play(Bodies.RouterMessages, Bodies.OpenRouterMessages).Report;
        AssertTokens(report, input: 12, uncached: 12, output: 9);
        Assert.Equal(new NanoUsd(171_000), report.ProviderCost);
    }

    [Fact]
    [Trait("Acceptance", "A52")]
    [Trait("Acceptance", "A53")]
    public void Geminis_last_usage_wins_with_thoughts_and_tools_on_top()
    {
        var report = Bodies.Play(Bodies.Gemini, Bodies.GeminiStream).Report;
        AssertTokens(report, input: 84, uncached: 64, cacheRead: 20, output: 41, reasoning: 30);
        Assert.Equal(9, report.Usage!.AudioInputTokens);
        Assert.Equal(("gemini-2.5-flash", "priority", "r1"), (report.Model, report.ServiceTier, report.ResponseId));
        Assert.Equal(5, report.OutputTextBytes);
        Assert.Empty(report.Flags);
        AssertTokens(Bodies.Play(Bodies.Gemini, Bodies.GeminiArray).Report, input: 79, uncached: 79, output: 11);
    }

    [Fact]
    public void A_grounded_answer_is_billed_by_prompt_or_by_query()
    {
        const string Body = """{"candidates":[{"finishReason":"STOP","groundingMetadata":{"webSearchQueries":["a","b"]}}],"usageMetadata":{"promptTokenCount":1},"modelVersion":"MODEL"}""";
        Assert.Equal([new UnitCount(UnitNames.GroundedPrompt, 1)], Bodies.Play(Bodies.Gemini, Body.Replace("MODEL", "gemini-2.5-pro", StringComparison.Ordinal)).Report.Usage!.Units);
        Assert.Equal([new UnitCount(UnitNames.GroundingQuery, 2)], Bodies.Play(Bodies.Gemini, Body.Replace("MODEL", "gemini-3-pro", StringComparison.Ordinal)).Report.Usage!.Units);
    }

    [Fact]
    public void Embeddings_have_input_alone()
    {
        var report = Bodies.Play(Bodies.Embeddings, """{"object":"list","data":[{"embedding":[0.1,-2e-3]}],"model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}}""").Report;
        AssertTokens(report, input: 8, uncached: 8);
        Assert.True(report is { IsFinal: true, TerminalSeen: true });
    }

    [Theory]
    [Trait("Acceptance", "T44")]
    [InlineData("application/json")]
    [InlineData("text/event-stream; charset=utf-8")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public void The_body_is_read_as_what_it_is_whatever_its_content_type(string? contentType)
    {
        var match = new RouteMatch(new Route("POST", "/", Operations.Chat, RouteTreatment.Metered), "/");
        foreach (var body in new[] { Bodies.ChatStream, Bodies.ChatJson, "\uFEFF" + Bodies.ChatJson })
        {
            var collector = LLMeterProxy.Core.Wire.OpenAi.OpenAiCollectors.Create(match, RequestFacts.Empty, new ResponseHead(contentType));
            Assert.Equal(20, Playback.ByteByByte(collector, Bodies.Bytes(body)).Report.Usage?.InputTokens);
        }
    }

    [Fact]
    [Trait("Acceptance", "T65")]
    public void A_stream_without_usage_reports_none_and_counts_its_text()
    {
        var report = Bodies.Play(Bodies.Chat, Bodies.ChatStream.Replace(Bodies.UsageChunk, "", StringComparison.Ordinal)).Report;
        Assert.True(report is { Usage: null, FinishSeen: true, TerminalSeen: true, OutputTextBytes: 7 });
    }

    [Fact]
    [Trait("Acceptance", "T66")]
    public void An_error_chunk_is_seen_and_its_usage_counts()
    {
        var report = Bodies.Play(Bodies.Router, "data: {\"id\":\"gen\",\"model\":\"m\",\"error\":{\"code\":502},\"choices\":[{\"finish_reason\":\"error\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,\"total_tokens\":4}}\n\ndata: [DONE]\n\n").Report;
        Assert.True(report is { ErrorSeen: true, Usage.InputTokens: 3 });
    }

    [Fact]
    public void A_record_keeps_the_numbers_of_a_usage_and_the_names_of_tiers_and_models_but_no_text()
    {
        var report = Chat("{\"prompt_tokens\":1,\"completion_tokens\":2,\"note\":\"a word\",\"k\":[\"word\"],\"service_tier\":\"flex\",\"parts\":[{\"type\":\"text\",\"model\":\"" + new string('m', 100) + "\"}],\"type\":\"two words\"}");
        Assert.Equal(
            """{"prompt_tokens":1,"completion_tokens":2,"note":"","k":[""],"service_tier":"flex","parts":[{"type":"text","model":""}],"type":""}""",
            System.Text.Encoding.UTF8.GetString(report.RawUsage.Span));
    }

    private static UsageReport Chat(string usage) => Bodies.Play(Bodies.Chat, Bodies.ChatBody(usage)).Report;

    private static void AssertTokens(
        UsageReport report, long input, long uncached, long cacheRead = 0, long write5m = 0, long write1h = 0, long output = 0, long reasoning = 0)
    {
        Assert.NotNull(report.Usage);
        var usage = report.Usage;
        Assert.Equal(
            (input, uncached, cacheRead, write5m, write1h, output, reasoning),
            (usage.InputTokens, usage.UncachedInputTokens, usage.CacheReadTokens, usage.CacheWrite5mTokens, usage.CacheWrite1hTokens, usage.OutputTokens, usage.ReasoningTokens));
    }
}
