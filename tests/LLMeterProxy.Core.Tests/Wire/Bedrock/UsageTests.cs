using System.Text;
using System.Text.Json;
using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Core.Tests.Wire.Bedrock;

/// <summary>
/// What Bedrock's responses state. The shapes are those of the Amazon Bedrock API reference (Converse, ConverseStream,
/// InvokeModel, InvokeModelWithResponseStream) and of the inference parameters in its user guide.
/// </summary>
public sealed class UsageTests
{
    private const string EventStream = "application/vnd.amazon.eventstream";
    private const string Converse = "/model/amazon.nova-lite-v1:0/converse";
    private const string ConverseStream = "/model/amazon.nova-lite-v1:0/converse-stream";
    private const string Invoke = "/model/mistral.mistral-7b-instruct-v0:2/invoke";
    private const string InvokeStream = "/model/mistral.mistral-7b-instruct-v0:2/invoke-with-response-stream";

    private const string CachedUsage =
        """{"inputTokens":3,"outputTokens":61,"totalTokens":2435,"cacheReadInputTokens":2074,"cacheReadInputTokenCount":2074,"cacheWriteInputTokens":297,"cacheWriteInputTokenCount":297,"cacheDetails":[{"ttl":"5m","inputTokens":200},{"ttl":"1h","inputTokens":97}],"serverToolUsage":{}}""";

    private static readonly byte[] _converseStream =
    [
        .. Frames.Event("messageStart", """{"role":"assistant","p":"abcdef"}"""),
        .. Frames.Event("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Hm."}},"p":"abcd"}"""),
        .. Frames.Event("contentBlockDelta", """{"contentBlockIndex":1,"delta":{"text":"{\"usage\":{\"inputTokens\":9}}"},"p":"abcdefghijkl"}"""),
        .. Frames.Event("contentBlockStop", """{"contentBlockIndex":1,"p":"ab"}"""),
        .. Frames.Event("messageStop", """{"stopReason":"end_turn","p":"abc"}"""),
        .. Frames.Event("metadata", """{"usage":""" + CachedUsage + ""","metrics":{"latencyMs":924},"serviceTier":{"type":"priority"},"performanceConfig":{"latency":"optimized"},"p":"abcdefg"}"""),
    ];

    private static readonly byte[] _claudeStream =
    [
        .. Frames.Chunk("""{"type":"message_start","message":{"id":"msg_bdrk_1","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[],"stop_reason":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":100,"cache_read_input_tokens":50,"cache_creation":{"ephemeral_5m_input_tokens":30,"ephemeral_1h_input_tokens":70},"output_tokens":2}}}"""),
        .. Frames.Chunk("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Why"}}"""),
        .. Frames.Chunk("""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":21}}"""),
        .. Frames.Chunk("""{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":10,"outputTokenCount":21,"invocationLatency":738,"firstByteLatency":378,"cacheReadInputTokenCount":50,"cacheWriteInputTokenCount":100}}"""),
    ];

    [Fact]
    public void Converse_states_its_cache_on_top_and_its_twins_are_not_added()
    {
        var report = Body(Converse, """{"output":{"message":{"role":"assistant","content":[{"text":"Hello"}]}},"stopReason":"end_turn","usage":""" + CachedUsage + ""","metrics":{"latencyMs":1}}""");

        AssertCached(report);
        Assert.Empty(report.Flags);
        Assert.Null(report.ServiceTier);
        Assert.Null(report.Speed);
        Assert.Equal(5, report.OutputTextBytes);
        Assert.True(report is { IsFinal: true, TerminalSeen: true, FinishSeen: true });
    }

    [Fact]
    public void A_Converse_stream_ends_in_its_usage_its_tier_and_its_latency()
    {
        var report = Stream(ConverseStream, _converseStream);

        AssertCached(report);
        Assert.Equal(("priority", "optimized"), (report.ServiceTier, report.Speed));
        Assert.True(report is { IsFinal: true, TerminalSeen: true, FinishSeen: true, ErrorSeen: false });
        Assert.Equal("Hm.".Length + "{\\\"usage\\\":{\\\"inputTokens\\\":9}}".Length, report.OutputTextBytes);
        Assert.Contains("\"cacheDetails\"", Encoding.UTF8.GetString(report.RawUsage.Span), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Acceptance", "A39")]
    [Trait("Acceptance", "T63")]
    public void Any_split_of_a_stream_gives_the_same_report()
    {
        foreach (var (path, body) in ((string, byte[])[])[(ConverseStream, _converseStream), (InvokeStream, _claudeStream)])
        {
            var expected = Text(Stream(path, body));
            for (var cut = 0; cut <= body.Length; cut++)
            {
                Assert.Equal(expected, Text(Stream(path, body[..cut], body[cut..])));
            }

            Assert.Equal(expected, Text(Stream(path, [.. body.Select(b => new[] { b })])));
        }
    }

    [Theory]
    [InlineData("""{"inputTokens":5,"outputTokens":2,"totalTokens":9}""")]
    [InlineData("""{"inputTokens":5,"outputTokens":2,"cacheWriteInputTokens":10,"cacheDetails":[{"ttl":"1h","inputTokens":11}]}""")]
    public void Figures_that_contradict_each_other_are_flagged(string usage)
    {
        Assert.Contains(UsageFlags.UsageInconsistent, Body(Converse, "{\"stopReason\":\"end_turn\",\"usage\":" + usage + "}").Flags);
    }

    [Fact]
    [Trait("Acceptance", "T72")]
    public void A_server_tool_that_counted_something_is_flagged()
    {
        var usage = """{"inputTokens":5,"outputTokens":2,"totalTokens":7,"serverToolUsage":{"nova_grounding":{"requests":1}}}""";
        Assert.Contains(UsageFlags.UnpricedDimension, Body(Converse, "{\"stopReason\":\"end_turn\",\"usage\":" + usage + "}").Flags);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public void Guardrail_units_in_a_trace_are_flagged_where_they_cost_something(int units, bool flagged)
    {
        var body = """{"stopReason":"guardrail_intervened","usage":{"inputTokens":0,"outputTokens":0,"totalTokens":0},"trace":{"guardrail":{"inputAssessment":{"abc":{"invocationMetrics":{"usage":{"wordPolicyUnits":1,"topicPolicyUnits":UNITS}}}}}}}"""
            .Replace("UNITS", $"{units}", StringComparison.Ordinal);
        var report = Body(Converse, body);
        Assert.Equal(new TokenUsage(), report.Usage! with { Units = [] });
        Assert.Equal(flagged, report.Flags.Contains(UsageFlags.UnpricedDimension));
    }

    [Fact]
    public void A_prompt_router_names_the_model_that_served()
    {
        var report = Body(Converse, """{"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"trace":{"promptRouter":{"invokedModelId":"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"}}}""");
        Assert.Equal("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", report.Model);
    }

    [Fact]
    public void Invocation_metrics_ride_on_the_last_event_of_Claude_and_are_not_added()
    {
        var report = Stream(InvokeStream, _claudeStream);

        Assert.Equal(
            new TokenUsage { InputTokens = 160, UncachedInputTokens = 10, CacheReadTokens = 50, CacheWrite5mTokens = 30, CacheWrite1hTokens = 70, OutputTokens = 21 },
            report.Usage! with { Units = TokenUsage.None.Units });
        Assert.Empty(report.Flags);
        Assert.Equal("msg_bdrk_1", report.ResponseId);
        Assert.Null(report.Model);
        Assert.Equal(3, report.OutputTextBytes);
        Assert.True(report is { IsFinal: true, TerminalSeen: true });
    }

    [Theory]
    [InlineData("""{"outputs":[{"text":"Hi","stop_reason":"stop"}],"amazon-bedrock-invocationMetrics":{"inputTokenCount":5,"outputTokenCount":10,"invocationLatency":606,"firstByteLatency":605}}""")]
    [InlineData("""{"outputText":"Hi","index":0,"totalOutputTextTokenCount":10.0,"completionReason":"LENGTH","inputTextTokenCount":5.0,"amazon-bedrock-invocationMetrics":{"inputTokenCount":5,"outputTokenCount":10}}""")]
    [InlineData("""{"generation":"Hi","prompt_token_count":null,"generation_token_count":7,"stop_reason":"length","amazon-bedrock-invocationMetrics":{"inputTokenCount":5,"outputTokenCount":10}}""")]
    [InlineData("""{"metadata":{"usage":{"inputTokens":5,"outputTokens":10,"cacheReadInputTokenCount":0,"cacheWriteInputTokenCount":0},"metrics":{},"trace":{}},"amazon-bedrock-invocationMetrics":{"inputTokenCount":5,"outputTokenCount":10}}""")]
    [InlineData("""{"id":"c","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":10,"total_tokens":15},"amazon-bedrock-invocationMetrics":{"inputTokenCount":5,"outputTokenCount":10}}""")]
    public void The_last_chunk_of_every_vendor_states_the_tokens(string last)
    {
        var report = Stream(InvokeStream, Frames.Chunk(last));
        Assert.Equal((5L, 10L, true), (report.Usage!.InputTokens, report.Usage.OutputTokens, report.IsFinal));
        Assert.Empty(report.Flags);
    }

    [Theory]
    [InlineData("""{"outputs":[{"text":"Hello","stop_reason":"length"}]}""")]
    [InlineData("""{"generations":[{"text":"Hello","finish_reason":"COMPLETE"}],"prompt":"x"}""")]
    [InlineData("""{"completions":[{"data":{"text":"Hello"}}]}""")]
    [InlineData("""{"generation":"Hello","prompt_token_count":99,"generation_token_count":99,"stop_reason":"stop"}""")]
    [InlineData("""{"results":[{"tokenCount":99,"outputText":"Hello","completionReason":"FINISH"}],"inputTextTokenCount":99}""")]
    public void Where_the_body_has_no_usage_object_the_headers_have_the_tokens(string body)
    {
        var report = Body(Invoke, body, Counts(6, 10, 7, 8));

        Assert.Equal(
            new TokenUsage { InputTokens = 21, UncachedInputTokens = 6, CacheReadTokens = 7, CacheWrite5mTokens = 8, OutputTokens = 10 },
            report.Usage! with { Units = TokenUsage.None.Units });
        Assert.Equal(5, report.OutputTextBytes);
        Assert.Contains("\"x-amzn-bedrock-cache-read-input-token-count\":7", Encoding.UTF8.GetString(report.RawUsage.Span), StringComparison.Ordinal);
        JsonDocument.Parse(report.RawUsage).Dispose();
    }

    [Theory]
    [InlineData("""{"generation":"Hello","prompt_token_count":12,"generation_token_count":4,"stop_reason":"stop"}""", 12, 4)]
    [InlineData("""{"inputTextTokenCount":12,"results":[{"tokenCount":3,"outputText":"a","completionReason":"FINISH"},{"tokenCount":1,"outputText":"b","completionReason":"FINISH"}]}""", 12, 4)]
    [InlineData("""{"embedding":[0.1,0.2],"inputTextTokenCount":12}""", 12, 0)]
    [InlineData("""{"usage":{"prompt_tokens":12,"completion_tokens":4,"total_tokens":16},"choices":[{"finish_reason":"stop"}]}""", 12, 4)]
    [InlineData("""{"usage":{"inputTokens":12,"outputTokens":4,"totalTokens":16},"stopReason":"end_turn"}""", 12, 4)]
    [InlineData("""{"type":"message","content":[],"stop_reason":"end_turn","usage":{"input_tokens":12,"output_tokens":4}}""", 12, 4)]
    public void The_vendors_own_counts_are_read_where_there_are_no_headers(string body, long input, long output)
    {
        var report = Body(Invoke, body);
        Assert.Equal((input, output, true), (report.Usage!.InputTokens, report.Usage.OutputTokens, report.IsFinal));
    }

    [Fact]
    public void What_a_guardrail_answers_in_the_models_place_is_no_usage()
    {
        var report = Body(Invoke, """{"inputTextTokenCount":6,"results":[{"tokenCount":3,"outputText":"Blocked","completionReason":"FINISH"}],"amazon-bedrock-guardrailAction":"INTERVENED"}""");
        Assert.Null(report.Usage);
    }

    [Fact]
    public void Headers_that_contradict_the_body_are_flagged_and_the_body_counts()
    {
        var report = Body(Invoke, """{"stop_reason":"end_turn","usage":{"input_tokens":12,"output_tokens":4}}""", Counts(13, 4, 0, 0));
        Assert.Equal(12, report.Usage!.InputTokens);
        Assert.Contains(UsageFlags.UsageInconsistent, report.Flags);
    }

    [Fact]
    public void The_head_states_tier_and_latency_of_an_invocation()
    {
        var headers = Counts(1, 1, 0, 0);
        headers["x-amzn-bedrock-service-tier"] = "flex";
        headers["x-amzn-bedrock-performanceconfig-latency"] = "standard";
        var report = Body(Invoke, "{}", headers);
        Assert.Equal(("flex", null), (report.ServiceTier, report.Speed));
    }

    [Fact]
    public void Generated_images_are_counted_by_the_response_and_sized_by_the_request()
    {
        const string Path = "/model/amazon.nova-canvas-v1:0/invoke";
        var facts = Dialects.Facts("bedrock", Path, """{"taskType":"TEXT_IMAGE","imageGenerationConfig":{"numberOfImages":3,"width":512,"height":512,"quality":"premium"}}""");
        Assert.Equal([new UnitCount("image/512x512/premium", 3)], facts.Units);

        var report = Report(Path, facts, new ResponseHead("application/json"), """{"images":["AAAA","BBBB"],"error":null}"""u8.ToArray());
        Assert.Equal([new UnitCount("image/512x512/premium", 2)], report.Usage!.Units);
        Assert.True(report is { IsFinal: true, ErrorSeen: false });
    }

    [Fact]
    [Trait("Acceptance", "A42")]
    public void A_stream_that_is_cut_has_what_it_stated_by_then()
    {
        var claude = Stream(InvokeStream, _claudeStream[..400]);
        Assert.False(claude.IsFinal);
        Assert.False(claude.TerminalSeen);

        var start = Frames.Chunk("""{"type":"message_start","message":{"id":"m","usage":{"input_tokens":10,"output_tokens":1}}}""");
        var opening = Stream(InvokeStream, start);
        Assert.Equal((10L, false), (opening.Usage!.InputTokens, opening.IsFinal));
    }

    [Fact]
    public void An_exception_in_the_stream_is_an_error_without_usage()
    {
        byte[] body = [.. Frames.Event("messageStart", """{"role":"assistant"}"""), .. Frames.Exception("throttlingException", "Too many")];
        var report = Stream(ConverseStream, body);
        Assert.True(report is { ErrorSeen: true, Usage: null, IsFinal: false });
    }

    [Fact]
    public void A_wrong_checksum_is_flagged_and_what_was_verified_before_counts()
    {
        byte[] body = [.. _converseStream, .. Frames.Event("metadata", "{}")];
        body[^1] ^= 1;
        var report = Stream(ConverseStream, body);
        AssertCached(report);
        Assert.Contains(UsageFlags.StreamCorrupt, report.Flags);

        var broken = (byte[])_converseStream.Clone();
        broken[^1] ^= 1;
        Assert.Null(Stream(ConverseStream, broken).Usage);
    }

    [Fact]
    [Trait("Acceptance", "T67")]
    public void A_message_that_is_too_long_is_flagged_where_no_other_has_the_usage()
    {
        var large = Frames.Chunk("{\"outputText\":\"" + new string('x', 300_000) + "\"}");
        Assert.Contains(UsageFlags.StreamUnread, Stream(InvokeStream, large).Flags);
        Assert.Empty(Stream(InvokeStream, [.. large, .. Frames.Chunk("""{"amazon-bedrock-invocationMetrics":{"inputTokenCount":5,"outputTokenCount":10}}""")]).Flags);
    }

    [Fact]
    public void A_count_that_is_none_makes_the_usage_invalid()
    {
        Assert.Contains(UsageFlags.UsageInvalid, Body(Converse, """{"stopReason":"end_turn","usage":{"inputTokens":-1,"outputTokens":2}}""").Flags);
    }

    private static void AssertCached(UsageReport report) => Assert.Equal(
        new TokenUsage { InputTokens = 2374, UncachedInputTokens = 3, CacheReadTokens = 2074, CacheWrite5mTokens = 200, CacheWrite1hTokens = 97, OutputTokens = 61 },
        report.Usage! with { Units = TokenUsage.None.Units });

    private static Dictionary<string, string> Counts(long input, long output, long read, long write) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["X-Amzn-Bedrock-Input-Token-Count"] = $"{input}",
        ["X-Amzn-Bedrock-Output-Token-Count"] = $"{output}",
        ["X-Amzn-Bedrock-Cache-Read-Input-Token-Count"] = $"{read}",
        ["X-Amzn-Bedrock-Cache-Write-Input-Token-Count"] = $"{write}",
    };

    private static UsageReport Body(string path, string body, Dictionary<string, string>? headers = null) => Report(
        path, RequestFacts.Empty, new ResponseHead("application/json", headers is null ? null : new Headers(headers)), Encoding.UTF8.GetBytes(body));

    private static UsageReport Stream(string path, params byte[][] reads) => Report(path, RequestFacts.Empty, new ResponseHead(EventStream), reads);

    private static UsageReport Report(string path, RequestFacts facts, ResponseHead head, params byte[][] reads)
    {
        var collector = Dialects.Of("bedrock").CreateCollector(Dialects.Route("bedrock", path), facts, head);
        foreach (var read in reads)
        {
            collector.Observe(read);
        }

        collector.Finish();
        return collector.Report();
    }

    private static string Text(UsageReport report) =>
        JsonSerializer.Serialize(report with { RawUsage = default }) + Encoding.UTF8.GetString(report.RawUsage.Span);

    private sealed class Headers(Dictionary<string, string> values) : IResponseHeaders
    {
        public string? Find(string name) => values.GetValueOrDefault(name);
    }
}
