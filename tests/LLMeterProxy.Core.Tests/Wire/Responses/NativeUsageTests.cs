using System.Text;
using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>What the figures mean that Ollama, Cohere, Google and Anthropic state in ways of their own.</summary>
[Trait("Acceptance", "A44")]
public class NativeUsageTests
{
    [Fact]
    public void Ollamas_last_line_states_the_counts_and_cached_tokens_are_inside_the_prompt()
    {
        var report = Bodies.Play(NativeBodies.Ollama, NativeBodies.OllamaLines).Report;
        AssertTokens(report, input: 18, uncached: 12, cacheRead: 6, output: 64);
        Assert.Equal("qwen3:4b", report.Model);
        Assert.Equal("""{"prompt_eval_count":18,"prompt_eval_cached_count":6,"eval_count":64}""", Raw(report));
        Assert.Equal(8, report.OutputTextBytes);
        Assert.False(report.IsInputMissing);
    }

    [Fact]
    public void An_input_that_Ollama_leaves_out_is_unknown_and_not_none()
    {
        // ollama/ollama#2068: a prompt that was cached has no prompt_eval_count.
        var report = Bodies.Play(NativeBodies.Ollama, NativeBodies.OllamaLines.Replace("\"prompt_eval_count\":18,\"prompt_eval_cached_count\":6,", "", StringComparison.Ordinal)).Report;
        AssertTokens(report, input: 0, uncached: 0, output: 64);
        Assert.True(report is { IsInputMissing: true, IsFinal: true });
    }

    [Fact]
    public void An_output_that_Ollama_leaves_out_is_none()
    {
        var report = Bodies.Play(NativeBodies.Ollama, """{"model":"m","response":"","done":true,"done_reason":"length","prompt_eval_count":5}""").Report;
        AssertTokens(report, input: 5, uncached: 5);
        Assert.False(report.IsInputMissing);
    }

    [Theory]
    [InlineData("load")]
    [InlineData("unload")]
    public void Loading_a_model_uses_nothing(string reason)
    {
        var report = Bodies.Play(NativeBodies.OllamaWhole, """{"model":"m","response":"","done":true,"done_reason":"REASON"}""".Replace("REASON", reason, StringComparison.Ordinal)).Report;
        AssertTokens(report, input: 0, uncached: 0);
        Assert.True(report is { IsInputMissing: false, IsFinal: true });
    }

    [Fact]
    public void Ollamas_embeddings_have_input_alone_and_the_older_ones_nothing()
    {
        var report = Bodies.Play(NativeBodies.OllamaEmbeddings, """{"model":"all-minilm","embeddings":[[0.1,-0.2]],"total_duration":14143917,"load_duration":1019500,"prompt_eval_count":8}""").Report;
        AssertTokens(report, input: 8, uncached: 8);
        Assert.True(report is { IsFinal: true, IsInputMissing: false });
        Assert.Null(Bodies.Play(NativeBodies.OllamaEmbeddings, """{"embedding":[0.5,0.2]}""").Report.Usage);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("\"3\"")]
    [Trait("Acceptance", "T68")]
    public void An_impossible_count_of_Ollama_is_invalid(string count)
    {
        var report = Bodies.Play(NativeBodies.Ollama, "{\"model\":\"m\",\"done\":true,\"eval_count\":2,\"prompt_eval_count\":" + count + "}\n").Report;
        Assert.Null(report.Usage);
        Assert.Equal([UsageFlags.UsageInvalid], report.Flags);
    }

    [Fact]
    public void A_line_with_an_error_is_seen()
    {
        var report = Bodies.Play(NativeBodies.Ollama, "{\"model\":\"m\",\"done\":false}\n{\"error\":\"an error was encountered while running the model\"}\n").Report;
        Assert.True(report is { ErrorSeen: true, Usage: null, TerminalSeen: false });
    }

    [Theory]
    [InlineData(nameof(NativeBodies.CohereStream))]
    [InlineData(nameof(NativeBodies.CohereBody))]
    public void Cohere_bills_its_billed_units_and_not_the_tokens_that_the_model_saw(string form)
    {
        var report = form == nameof(NativeBodies.CohereStream)
            ? Bodies.Play(NativeBodies.Cohere, NativeBodies.CohereStream).Report
            : Bodies.Play(NativeBodies.CohereWhole, NativeBodies.CohereBody).Report;
        AssertTokens(report, input: 84, uncached: 84, output: 314, reasoning: 304);
        Assert.Equal(NativeBodies.CohereUsage, Raw(report));
        Assert.Null(report.Model);
        Assert.Empty(report.Flags);
    }

    [Fact]
    public void Cohere_without_billed_units_is_read_by_its_tokens()
    {
        var report = Bodies.Play(NativeBodies.CohereWhole, """{"id":"1","finish_reason":"COMPLETE","usage":{"tokens":{"input_tokens":9,"output_tokens":4}}}""").Report;
        AssertTokens(report, input: 9, uncached: 9, output: 4);
    }

    [Theory]
    [InlineData("""{"search_units":3}""", UnitNames.SearchUnit, 3)]
    [InlineData("""{"images":1.0,"image_tokens":400}""", UnitNames.Image, 1)]
    [InlineData("""{"classifications":5}""", UnitNames.Classification, 5)]
    public void What_Cohere_bills_that_is_no_token_is_a_unit(string billed, string unit, int quantity)
    {
        var report = Bodies.Play(NativeBodies.CohereWhole, "{\"id\":\"1\",\"results\":[],\"meta\":{\"api_version\":{\"version\":\"2\"},\"billed_units\":" + billed + "}}").Report;
        AssertTokens(report, input: 0, uncached: 0);
        Assert.Equal([new UnitCount(unit, quantity)], report.Usage!.Units);
        Assert.True(report is { IsFinal: true, Flags.Count: 0 });
    }

    [Fact]
    public void A_number_that_Cohere_bills_and_we_do_not_know_is_flagged()
    {
        Assert.Equal([UsageFlags.UnpricedDimension], Bodies.Play(NativeBodies.CohereWhole, """{"usage":{"billed_units":{"input_tokens":1,"pages":2}}}""").Report.Flags);
    }

    [Fact]
    public void Interactions_have_thoughts_and_tool_results_on_top()
    {
        var report = Bodies.Play(NativeBodies.Interactions, NativeBodies.InteractionStream).Report;
        AssertTokens(report, input: 151, uncached: 146, cacheRead: 5, output: 1222, reasoning: 249);
        Assert.Equal(9, report.Usage!.ImageInputTokens);
        Assert.Equal(("gemini-3-flash-preview", "flex", "v1_1"), (report.Model, report.ServiceTier, report.ResponseId));
        Assert.Equal([new UnitCount(UnitNames.GroundingQuery, 2)], report.Usage.Units);
        Assert.Empty(report.Flags);

        report = Bodies.Play(NativeBodies.Interactions, NativeBodies.InteractionBody).Report;
        AssertTokens(report, input: 151, uncached: 146, cacheRead: 5, output: 1222, reasoning: 249);
        Assert.Equal([new UnitCount(UnitNames.GroundedPrompt, 1)], report.Usage!.Units);
        Assert.Equal(9, report.OutputTextBytes);
    }

    [Fact]
    public void The_tool_calls_that_an_interaction_states_win_over_counting()
    {
        const string Body = """{"status":"completed","model":"gemini-3-pro","usage":{"total_input_tokens":1,"total_output_tokens":1,"grounding_tool_count":[{"type":"google_search","count":3},{"type":"google_maps","count":1},{"type":"url_context","count":7}]},"steps":[{"arguments":{"queries":["a"]}}]}""";
        Assert.Equal(
            [new UnitCount(UnitNames.GroundingQuery, 3), new UnitCount("grounding_query/maps", 1)],
            Bodies.Play(NativeBodies.Interactions, Body).Report.Usage!.Units);
    }

    [Fact]
    public void An_interaction_that_waits_for_the_client_is_billed()
    {
        var report = Bodies.Play(NativeBodies.Interactions, """{"id":"v1_3","model":"m","status":"requires_action","usage":{"total_input_tokens":65,"total_output_tokens":17,"total_thought_tokens":47,"total_tokens":129}}""").Report;
        AssertTokens(report, input: 65, uncached: 65, output: 64, reasoning: 47);
        Assert.True(report is { IsFinal: true, FinishSeen: true });
    }

    [Theory]
    // Characters are what text-embedding models are billed by, tokens what gemini-embedding models are.
    [InlineData("text-embedding-005", 0, UnitNames.Character, 26)]
    [InlineData("gemini-embedding-001", 13, null, 0)]
    public void Predicted_embeddings_are_billed_by_character_or_by_token(string model, long tokens, string? unit, int quantity)
    {
        const string Body = """{"predictions":[{"embeddings":{"statistics":{"truncated":false,"token_count":6},"values":[0.1]}},{"embeddings":{"statistics":{"token_count":7},"values":[0.2]}}],"metadata":{"billableCharacterCount":26}}""";
        var report = Predict(model, Body);
        AssertTokens(report, input: tokens, uncached: tokens);
        Assert.Equal(unit is null ? [] : [new UnitCount(unit, quantity)], report.Usage!.Units);
        Assert.True(report.IsFinal);
    }

    [Fact]
    public void Pictures_that_were_made_are_counted_and_filtered_ones_are_not()
    {
        var picture = "{\"mimeType\":\"image/png\",\"bytesBase64Encoded\":\"" + new string('A', 100_000) + "\"}";
        var body = "{\"predictions\":[" + picture + ",{\"raiFilteredReason\":\"blocked\"}," + picture + "]}";
        Assert.Equal([new UnitCount(UnitNames.Image, 2)], Predict("imagen-4.0-generate-001", body).Usage!.Units);
        Assert.Null(Predict("imagen-4.0-generate-001", """{"predictions":[{"raiFilteredReason":"blocked"}]}""").Usage);
        Assert.Null(Predict("imagen-4.0-generate-001", "{}").Usage);
    }

    [Fact]
    public void Embeddings_of_Gemini_state_their_tokens_or_nothing()
    {
        var report = Bodies.Play(Bodies.Gemini, """{"embeddings":[{"values":[0.1,-2e-3]}],"usageMetadata":{"promptTokenCount":261,"promptTokenDetails":[{"modality":"IMAGE","tokenCount":258},{"modality":"TEXT","tokenCount":3}]}}""").Report;
        AssertTokens(report, input: 261, uncached: 261);
        Assert.Equal(258, report.Usage!.ImageInputTokens);
        Assert.True(report.IsFinal);
        Assert.Null(Bodies.Play(Bodies.Gemini, """{"embedding":{"values":[0.1]}}""").Report.Usage);
    }

    [Theory]
    [InlineData("1", "default")]
    [InlineData("2", "provisioned")]
    [InlineData("3", "priority")]
    [InlineData("4", "flex")]
    [InlineData("\"ON_DEMAND\"", "default")]
    [InlineData("\"ON_DEMAND_FLEX\"", "flex")]
    [InlineData("0", null)]
    [InlineData("99", null)]
    public void The_traffic_type_is_the_tier_by_name_and_by_number(string wire, string? tier)
    {
        var report = Bodies.Play(Bodies.Gemini, """{"candidates":[{"finishReason":1}],"usageMetadata":{"promptTokenCount":74,"totalTokenCount":74,"promptTokensDetails":[{"modality":4,"tokenCount":70}],"trafficType":WIRE}}""".Replace("WIRE", wire, StringComparison.Ordinal)).Report;
        Assert.Equal(tier, report.ServiceTier);
        Assert.Equal(70, report.Usage!.AudioInputTokens);
        Assert.True(report.FinishSeen);
    }

    [Fact]
    public void The_tier_of_the_headers_holds_where_the_body_says_none()
    {
        var match = Dialects.Route("gemini", "/v1beta/models/gemini-3-pro:generateContent");
        foreach (var (usage, tier) in new[] { ("""{"promptTokenCount":1}""", "priority"), ("""{"promptTokenCount":1,"serviceTier":"standard"}""", "default") })
        {
            var collector = Dialects.Of("gemini").CreateCollector(match, RequestFacts.Empty, new ResponseHead("application/json", new OneHeader("x-gemini-service-tier", "priority")));
            Assert.Equal(tier, Playback.Of(collector, Bodies.Bytes("{\"usageMetadata\":" + usage + "}")).Report.ServiceTier);
        }
    }

    [Fact]
    public void An_answer_grounded_on_maps_has_a_unit_of_its_own()
    {
        const string Body = """{"candidates":[{"finishReason":"STOP","groundingMetadata":{"groundingChunks":[{"maps":{"uri":"u","placeId":"p"}},{"maps":{"uri":"v"}}]}}],"usageMetadata":{"promptTokenCount":1},"modelVersion":"gemini-2.5-flash"}""";
        Assert.Equal([new UnitCount("grounded_prompt/maps", 1)], Bodies.Play(Bodies.Gemini, Body).Report.Usage!.Units);
        Assert.Empty(Bodies.Play(Bodies.Gemini, Body.Replace("maps", "retrievedContext", StringComparison.Ordinal)).Report.Usage!.Units);
    }

    [Fact]
    public void An_error_within_an_array_is_seen()
    {
        const string Body = "[{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hel\"}]}}],\"usageMetadata\":{\"promptTokenCount\":79,\"candidatesTokenCount\":1,\"totalTokenCount\":80}}\n,\r\n{\"error\":{\"code\":503,\"message\":\"m\",\"status\":\"UNAVAILABLE\"}}\n]";
        var report = Bodies.Play(Bodies.Gemini, Body).Report;
        Assert.True(report is { ErrorSeen: true, Usage.InputTokens: 79 });
    }

    [Fact]
    public void Legacy_completions_state_nothing_and_their_text_is_counted()
    {
        var played = Bodies.Play(NativeBodies.Complete, NativeBodies.CompleteStream);
        Assert.True(played.Report is { Usage: null, FinishSeen: true, TerminalSeen: true, OutputTextBytes: 7, Model: "claude-2.1" });
        Assert.Equal(NativeBodies.CompleteStream, played.Client);
    }

    [Fact]
    public void The_largest_run_of_a_server_tool_loop_is_told_apart_from_their_sum()
    {
        const string Body = """{"model":"claude-sonnet-4-5","stop_reason":"end_turn","usage":{"input_tokens":404500,"cache_read_input_tokens":0,"output_tokens":900,"server_tool_use":{"web_search_requests":2},"iterations":[{"type":"message","input_tokens":4500,"output_tokens":100},{"type":"message","input_tokens":150000,"cache_read_input_tokens":40000,"output_tokens":300},{"type":"message","input_tokens":210000,"output_tokens":500}]}}""";
        Assert.Equal(210_000, Bodies.Play(Bodies.Messages, Body).Report.Usage!.LargestRunInputTokens);
        Assert.Equal(0, Bodies.Play(Bodies.Messages, """{"model":"m","usage":{"input_tokens":5,"output_tokens":1,"iterations":[{"type":"message","input_tokens":5,"output_tokens":1},{"type":"compaction","input_tokens":900,"output_tokens":1}]}}""").Report.Usage!.LargestRunInputTokens);
        Assert.Equal(0, Bodies.Play(Bodies.Messages, """{"model":"m","usage":{"input_tokens":5,"output_tokens":1}}""").Report.Usage!.LargestRunInputTokens);
    }

    private static UsageReport Predict(string model, string body)
    {
        var match = Dialects.Route("gemini", $"/v1beta/models/{model}:predict");
        return Playback.Of(Dialects.Of("gemini").CreateCollector(match, RequestFacts.Empty, new ResponseHead("application/json")), Bodies.Bytes(body)).Report;
    }

    private static string Raw(UsageReport report) => Encoding.UTF8.GetString(report.RawUsage.Span);

    private static void AssertTokens(UsageReport report, long input, long uncached, long cacheRead = 0, long output = 0, long reasoning = 0)
    {
        Assert.NotNull(report.Usage);
        var usage = report.Usage;
        Assert.Equal(
            (input, uncached, cacheRead, output, reasoning),
            (usage.InputTokens, usage.UncachedInputTokens, usage.CacheReadTokens, usage.OutputTokens, usage.ReasoningTokens));
    }

    private sealed class OneHeader(string name, string value) : IResponseHeaders
    {
        public string? Find(string wanted) => wanted == name ? value : null;
    }
}
