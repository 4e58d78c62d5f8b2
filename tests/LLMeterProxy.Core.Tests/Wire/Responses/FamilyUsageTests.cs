using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>What the figures of the providers that speak OpenAI's formats mean. The shapes are of their API references and SDK types.</summary>
public sealed class FamilyUsageTests
{
    private const string GroqChat = "/openai/v1/chat/completions";

    [Fact]
    public void Groq_repeats_its_usage_and_breaks_it_down_by_model()
    {
        var report = FamilyBodies.Play("groq", GroqChat, FamilyBodies.CompoundStream).Report;

        Assert.Equal((300, 30), (report.Usage!.InputTokens, report.Usage.OutputTokens));
        Assert.Equal([new UnitCount("web_search", 1)], report.Usage.Units);
        Assert.All(report.Extra, part => Assert.True(part.IsPart));
        Assert.Equal(
            [("llama-3.3-70b-versatile", 150, 10), ("openai/gpt-oss-120b", 150, 20)],
            report.Extra.Select(part => (part.Model!, part.Usage.InputTokens, part.Usage.OutputTokens)));
        Assert.Empty(report.Flags);
    }

    [Theory]
    // Less than the totals: the totals are charged. More: the parts are. Not readable: the totals. All are told.
    [InlineData("""{"models":[{"model":"a","usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}]}""", 0)]
    [InlineData("""{"models":[{"model":"a","usage":{"prompt_tokens":99,"completion_tokens":99,"total_tokens":198}}]}""", 1)]
    [InlineData("""{"models":[{"model":"a"}]}""", 0)]
    [InlineData("""{"models":[{"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}]}""", 0)]
    [InlineData("""{"models":[{"model":"a","usage":{"prompt_tokens":-1,"completion_tokens":5}}]}""", 0)]
    [InlineData("""[]""", 0)]
    public void A_breakdown_that_is_not_the_total_is_remarked(string breakdown, int parts)
    {
        var report = FamilyBodies.Play("groq", GroqChat, """{"model":"groq/compound","choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15},"usage_breakdown":""" + breakdown + "}").Report;

        Assert.Equal(10, report.Usage!.InputTokens);
        Assert.Equal(parts, report.Extra.Count);
        Assert.Equal([UsageFlags.UsageInconsistent], report.Flags);
    }

    [Theory]
    [InlineData("""{"seconds":4,"type":"duration"}""", 4)]
    [InlineData("""{"type":"duration","seconds":4.5}""", 4.5)]
    public void Whisper_is_billed_by_the_seconds_that_it_states(string usage, double seconds)
    {
        var report = Transcription("""{"text":"Hi there","usage":""" + usage + "}");
        Assert.Equal((0, 0, true), (report.Usage!.InputTokens, report.Usage.OutputTokens, report.IsFinal));
        Assert.Equal([new UnitCount("second", (decimal)seconds)], report.Usage.Units);
    }

    [Fact]
    public void A_transcription_by_tokens_has_audio_within_its_input()
    {
        var report = Transcription("""{"text":"Hi","usage":{"type":"tokens","input_tokens":54,"input_token_details":{"audio_tokens":50,"text_tokens":4},"output_tokens":16,"total_tokens":70}}""");
        Assert.Equal((54, 50, 16), (report.Usage!.InputTokens, report.Usage.AudioInputTokens, report.Usage.OutputTokens));
        Assert.Empty(report.Usage.Units);
    }

    // verbose_json of OpenAI, and of Groq, whose answers often have no usage.
    [Fact]
    public void A_transcription_without_usage_is_billed_by_its_duration()
    {
        var report = Transcription("""{"task":"transcribe","language":"english","duration":8.47,"text":"Hi","segments":[{"id":0,"start":0.0,"end":8.47}]}""");
        Assert.Equal([new UnitCount("second", 8.47m)], report.Usage!.Units);
        Assert.True(report.IsFinal);
    }

    [Theory]
    [InlineData("""{"text":"Hi"}""", 2)]
    [InlineData("1\n00:00:00,000 --> 00:00:02,000\nHi\n", 0)]
    [InlineData("Hi\n", 0)]
    public void A_transcription_that_states_nothing_is_left_to_the_estimate(string body, int textBytes)
    {
        var report = Transcription(body, new RequestFacts { Units = [new UnitCount("second", 3)] });
        Assert.Null(report.Usage);
        Assert.Equal(textBytes, report.OutputTextBytes);
    }

    // Mistral: total = prompt + audio tokens + completion; the sound is billed by its seconds.
    [Fact]
    public void A_transcription_of_Mistral_is_seconds_and_text()
    {
        var report = FamilyBodies.Play("mistral", "/v1/audio/transcriptions", """{"model":"voxtral-mini-latest","text":"Hi","usage":{"prompt_audio_seconds":3,"prompt_tokens":3,"total_tokens":389,"completion_tokens":11,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":375}}}""").Report;
        Assert.Equal((3, 3, 0, 11), (report.Usage!.InputTokens, report.Usage.UncachedInputTokens, report.Usage.AudioInputTokens, report.Usage.OutputTokens));
        Assert.Equal([new UnitCount("second", 3)], report.Usage.Units);
        Assert.Empty(report.Flags);
    }

    [Fact]
    public void A_streamed_transcription_states_its_usage_at_its_end()
    {
        var played = FamilyBodies.Play("openai", "/v1/audio/transcriptions", FamilyBodies.TranscriptStream);
        Assert.Equal((37, 35, 12), (played.Report.Usage!.InputTokens, played.Report.Usage.AudioInputTokens, played.Report.Usage.OutputTokens));
        Assert.DoesNotContain("transcript.text.done", played.BeforeCommit, StringComparison.Ordinal);
    }

    [Fact]
    public void A_streamed_image_has_image_tokens_within_its_input()
    {
        var played = FamilyBodies.Play("openai", "/v1/images/generations", FamilyBodies.ImageStream);
        Assert.Equal((50, 40, 50), (played.Report.Usage!.InputTokens, played.Report.Usage.ImageInputTokens, played.Report.Usage.OutputTokens));
        Assert.Empty(played.Report.Usage.Units);
        Assert.DoesNotContain("image_generation.completed", played.BeforeCommit, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_streamed_images_end_with_the_stream()
    {
        var two = FamilyBodies.ImageStream + FamilyBodies.ImageStream;
        var played = FamilyBodies.Play("openai", "/v1/images/generations", two, new RequestFacts { Choices = 2 });
        Assert.Equal(two, played.BeforeCommit);
        Assert.True(played.Report is { IsFinal: true, TerminalSeen: true });
    }

    [Fact]
    public void Text_and_image_tokens_of_a_made_image_are_told_apart()
    {
        var report = FamilyBodies.Play("openai", "/v1/images/edits", """{"created":1,"data":[{"b64_json":"AAAA"}],"usage":{"input_tokens":221,"input_tokens_details":{"image_tokens":194,"text_tokens":27},"output_tokens":415,"output_tokens_details":{"image_tokens":272,"text_tokens":143},"total_tokens":636}}""").Report;
        Assert.Equal((221, 194, 415, 272), (report.Usage!.InputTokens, report.Usage.ImageInputTokens, report.Usage.OutputTokens, report.Usage.ImageOutputTokens));
    }

    [Theory]
    [InlineData("""{"created":1,"data":[{"url":"https://example.org/1"},{"url":"https://example.org/2"}]}""", "image/512x512/standard", 2)]
    [InlineData("""{"created":1,"data":[{"b64_json":"A"}],"quality":"high","size":"1024x1536"}""", "image/1024x1536/high", 1)]
    public void Images_without_usage_are_counted(string body, string unit, int quantity)
    {
        var facts = new RequestFacts { Model = "dall-e-2", Choices = 2, Units = [new UnitCount("image/512x512/standard", 2)] };
        var report = FamilyBodies.Play("openai", "/v1/images/generations", body, facts).Report;
        Assert.Equal([new UnitCount(unit, quantity)], report.Usage!.Units);
        Assert.True(report.IsFinal);
    }

    [Theory]
    [InlineData("""{"error":{"message":"m"}}""")]
    [InlineData("""{"created":1,"data":[{"b64_json":"A"}""")]
    public void Images_that_did_not_come_are_not_counted(string body) =>
        Assert.Null(FamilyBodies.Play("openai", "/v1/images/generations", body, new RequestFacts { Units = [new UnitCount("image", 1)] }).Report.Usage);

    // xAI's reference: 10 to the 10 ticks are a USD.
    [Fact]
    [Trait("Acceptance", "A60")]
    public void An_image_of_xAI_states_its_cost_alone()
    {
        var report = FamilyBodies.Play("xai", "/v1/images/generations", """{"data":[{"b64_json":"A"}],"usage":{"cost_in_usd_ticks":700000000}}""", new RequestFacts { Units = [new UnitCount("image/2k", 1)] }).Report;
        Assert.Equal(NanoUsd.FromUsd(0.07m), report.ProviderCost);
        Assert.Equal([new UnitCount("image/2k", 1)], report.Usage!.Units);
    }

    [Fact]
    [Trait("Acceptance", "A61")]
    public void Server_tools_of_xAI_are_counted_by_kind()
    {
        var report = FamilyBodies.Play("xai", "/v1/responses", """{"id":"r","model":"grok-4.3","status":"completed","output":[{"type":"web_search_call","action":{"type":"search"}},{"type":"web_search_call","action":{"type":"search"}}],"usage":{"input_tokens":5913,"input_tokens_details":{"cached_tokens":2048},"output_tokens":364,"output_tokens_details":{"reasoning_tokens":263},"total_tokens":6277,"num_sources_used":3,"num_server_side_tools_used":6,"cost_in_usd_ticks":161508500,"server_side_tool_usage_details":{"web_search_calls":2,"x_search_calls":1,"code_interpreter_calls":1,"file_search_calls":1,"mcp_calls":4,"document_search_calls":1},"context_details":{"input_tokens":4860,"output_tokens":269}}}""").Report;
        Assert.Equal(
            [
                new UnitCount("web_search", 2), new UnitCount("web_search/x", 1), new UnitCount("web_search/source", 3), new UnitCount("file_search", 1),
                new UnitCount("file_search/document", 1), new UnitCount("code_interpreter_session", 1),
            ],
            report.Usage!.Units);
        Assert.Equal(NanoUsd.FromUsd(0.01615085m), report.ProviderCost);
        Assert.Equal((5913, 364, 263), (report.Usage.InputTokens, report.Usage.OutputTokens, report.Usage.ReasoningTokens));
        Assert.Empty(report.Flags);
    }

    [Fact]
    [Trait("Acceptance", "T64")]
    public void Perplexity_states_a_growing_usage_and_its_fee_by_context()
    {
        var report = FamilyBodies.Play("perplexity", "/chat/completions", FamilyBodies.SonarStream).Report;
        Assert.Equal((8, 2), (report.Usage!.InputTokens, report.Usage.OutputTokens));
        Assert.Equal([new UnitCount("request/low", 1)], report.Usage.Units);
        Assert.Equal(NanoUsd.FromUsd(0.00501m), report.ProviderCost);
        Assert.Empty(report.Flags);
    }

    // Perplexity's pricing page: deep research bills citation tokens, reasoning tokens and searches beside input and output.
    [Fact]
    public void Deep_research_has_charges_beside_its_totals()
    {
        var report = FamilyBodies.Play("perplexity", "/chat/completions", """{"model":"sonar-deep-research","choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":33,"completion_tokens":7163,"total_tokens":7196,"search_context_size":"low","citation_tokens":20694,"num_search_queries":21,"reasoning_tokens":97103}}""").Report;
        Assert.Equal((33, 7163, 0), (report.Usage!.InputTokens, report.Usage.OutputTokens, report.Usage.ReasoningTokens));
        Assert.Equal([new UnitCount("web_search", 21), new UnitCount("citation_token", 20694)], report.Usage.Units);
        var thought = Assert.Single(report.Extra);
        Assert.Equal(("reasoning_tokens", null, 97103, false), (thought.Kind, thought.Model, thought.Usage.ReasoningTokens, thought.IsPart));
        Assert.Empty(report.Flags);
    }

    [Fact]
    public void Azures_first_chunk_is_neither_the_usage_chunk_nor_the_model()
    {
        var asked = new RequestFacts { UsageSplice = new BodySplice(1, 0, new byte[1]) };
        var played = FamilyBodies.Play("azure-openai", "/openai/v1/chat/completions", FamilyBodies.AzureStream, asked, new ResponseHead("text/event-stream", new Headers(("x-ms-served-model", "other"))));
        Assert.Equal((12, 3), (played.Report.Usage!.InputTokens, played.Report.Usage.OutputTokens));
        Assert.Equal(("gpt-4o-mini-2024-07-18", "chatcmpl-1"), (played.Report.Model, played.Report.ResponseId));
        Assert.Contains("prompt_filter_results", played.Client, StringComparison.Ordinal);
        Assert.DoesNotContain("latency_checkpoint", played.Client, StringComparison.Ordinal);
        Assert.Empty(played.Report.Flags);
    }

    [Fact]
    public void Azure_tells_model_and_tier_in_headers_where_the_body_does_not()
    {
        const string Body = """{"choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""";
        var served = new Headers(("x-ms-served-model", "gpt-5.2-2025-12-11"), ("x-ms-deployment-name", "mine"), ("azureai-processed-tier", "priority"));
        var report = FamilyBodies.Play("azure-openai", "/openai/deployments/mine/chat/completions", Body, head: new ResponseHead("application/json", served)).Report;
        Assert.Equal(("gpt-5.2-2025-12-11", "priority"), (report.Model, report.ServiceTier));

        var deployed = new Headers(("x-ms-deployment-name", "gpt-4o"));
        Assert.Equal("gpt-4o", FamilyBodies.Play("azure-openai", "/openai/deployments/mine/chat/completions", Body, head: new ResponseHead("application/json", deployed)).Report.Model);
    }

    [Theory]
    // Together, Fireworks and Moonshot; Mistral; doubleword and Venice, with both spellings: one reading of the cache.
    [InlineData("""{"prompt_tokens":20,"completion_tokens":3,"total_tokens":23,"cached_tokens":8}""", 8, 0)]
    [InlineData("""{"prompt_tokens":20,"completion_tokens":3,"total_tokens":23,"num_cached_tokens":8,"prompt_token_details":{"cached_tokens":8}}""", 8, 0)]
    [InlineData("""{"prompt_tokens":20,"completion_tokens":3,"total_tokens":23,"prompt_tokens_details":{"cached_tokens":8,"cache_write_tokens":5},"cache_read_input_tokens":8,"cache_creation_input_tokens":5,"cache_creation":{"ephemeral_5m_input_tokens":5}}""", 8, 5)]
    [InlineData("""{"prompt_tokens":20,"completion_tokens":3,"total_tokens":23,"cache_read_input_tokens":8,"cache_creation_input_tokens":5}""", 8, 5)]
    [Trait("Acceptance", "A50")]
    public void A_cache_that_is_stated_twice_counts_once(string usage, long read, long written)
    {
        var report = FamilyBodies.Play("openai-compatible", "/v1/chat/completions", Bodies.ChatBody(usage)).Report;
        Assert.Equal((20, 20 - read - written, read, written), (report.Usage!.InputTokens, report.Usage.UncachedInputTokens, report.Usage.CacheReadTokens, report.Usage.CacheWrite5mTokens));
        Assert.Empty(report.Flags);
    }

    [Fact]
    public void Usage_in_the_choice_of_Moonshot_counts()
    {
        var usage = FamilyBodies.Play("openai-compatible", "/v1/chat/completions", FamilyBodies.MoonshotStream).Report.Usage!;
        Assert.Equal((9, 4, 12), (usage.InputTokens, usage.CacheReadTokens, usage.OutputTokens));
    }

    [Theory]
    [InlineData("/v1/rerank", """{"model":"rerank-2-lite","data":[{"index":0}],"usage":{"total_tokens":43}}""", 43, 0)]
    [InlineData("/v1/rerank", """{"model":"jina-reranker-v2","results":[],"usage":{"total_tokens":815,"prompt_tokens":815}}""", 815, 0)]
    [InlineData("/v1/rerank", """{"results":[{"index":0}],"usage":{"prompt_tokens":2966,"completion_tokens":0,"total_tokens":2966}}""", 2966, 0)]
    [InlineData("/v1/rerank", """{"results":[],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":2}}}""", 0, 2)]
    [InlineData("/v1/embeddings", """{"object":"list","data":[{"embedding":[0.1],"index":0}],"model":"voyage-3","usage":{"total_tokens":12}}""", 12, 0)]
    [Trait("Acceptance", "A44")]
    public void Reranking_and_embeddings_are_billed_by_tokens_or_search_units(string path, string body, long tokens, int searchUnits)
    {
        var report = FamilyBodies.Play("openai-compatible", path, body).Report;
        Assert.Equal((tokens, 0), (report.Usage!.InputTokens, report.Usage.OutputTokens));
        Assert.Equal(searchUnits == 0 ? [] : [new UnitCount("search_unit", searchUnits)], report.Usage.Units);
        Assert.True(report.IsFinal);
    }

    [Theory]
    [InlineData(false, "page")]
    [InlineData(true, "page/annotated")]
    public void Documents_are_billed_by_page(bool annotated, string unit)
    {
        var facts = new RequestFacts { Units = [new UnitCount(annotated ? "page/annotated" : "page", 1)] };
        var report = FamilyBodies.Play("mistral", "/v1/ocr", """{"pages":[],"model":"mistral-ocr-latest","usage_info":{"pages_processed":3,"doc_size_bytes":18810}}""", facts).Report;
        Assert.Equal([new UnitCount(unit, 3)], report.Usage!.Units);
        Assert.Empty(report.Flags);
    }

    [Fact]
    public void A_search_by_call_stands_beside_the_tokens()
    {
        var facts = new RequestFacts { Units = [new UnitCount("web_search/medium", 1)] };
        var report = FamilyBodies.Play("openai", "/v1/chat/completions", Bodies.ChatJson, facts).Report;
        Assert.Equal(facts.Units, report.Usage!.Units);
    }

    [Fact]
    public void The_image_tool_of_a_response_is_priced_by_its_own_model()
    {
        const string Whole = """{"status":"completed","tools":[{"type":"function","model":"x"},{"type":"image_generation","model":"gpt-image-1","size":"auto"},{"type":"web_search"}],"output":[{"type":"image_generation_call","size":"1024x1024","quality":"medium","result":"AAAA"},{"type":"image_generation_call","size":"1024x1024","quality":"medium"},{"type":"message","content":[]}],"usage":{"input_tokens":10,"output_tokens":5,"total_tokens":15}}""";
        const string ToolUsage = """, "tool_usage":{"image_gen":{"input_tokens":40,"output_tokens":1056,"total_tokens":1096,"output_tokens_details":{"image_tokens":1056,"text_tokens":0}}}}""";
        var counted = FamilyBodies.Play("openai", "/v1/responses", Whole).Report;
        var stated = FamilyBodies.Play("openai", "/v1/responses", Whole[..^1] + ToolUsage).Report;

        var images = Assert.Single(counted.Extra);
        Assert.Equal(("image_gen", "gpt-image-1"), (images.Kind, images.Model));
        Assert.Equal([new UnitCount("image/1024x1024/medium", 2)], images.Usage.Units);
        Assert.Empty(counted.Usage!.Units);
        var tokens = Assert.Single(stated.Extra);
        Assert.Equal(("gpt-image-1", 40, 1056, 0), (tokens.Model, tokens.Usage.InputTokens, tokens.Usage.ImageOutputTokens, tokens.Usage.Units.Count));
    }

    [Fact]
    public void Speech_as_sound_passes_unread_and_speech_as_events_is_read()
    {
        var sound = FamilyBodies.Of("openai", "/v1/audio/speech", new RequestFacts { Units = [new UnitCount("character", 5)] }, new ResponseHead("audio/pcm"));
        // What looks like the opening of JSON is sound all the same.
        Assert.Equal(new ChunkVerdict(2), sound.Observe("{\""u8));
        Assert.True(sound.Finish().Commit);
        Assert.Null(sound.Report().Usage);

        var events = FamilyBodies.Play("openai", "/v1/audio/speech", FamilyBodies.SpeechStream, head: new ResponseHead("text/event-stream")).Report;
        Assert.Equal((14, 101, 101, true), (events.Usage!.InputTokens, events.Usage.OutputTokens, events.Usage.AudioOutputTokens, events.IsFinal));
    }

    // llama.cpp repeats its counts in timings, which are no usage.
    [Fact]
    public void Timings_of_llama_cpp_are_not_counted_again()
    {
        var report = FamilyBodies.Play("openai-compatible", "/v1/chat/completions", """{"model":"m","choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":28,"completion_tokens":8,"total_tokens":36,"prompt_tokens_details":{"cached_tokens":6}},"timings":{"cache_n":6,"prompt_n":22,"predicted_n":8}}""").Report;
        Assert.Equal((28, 6, 8), (report.Usage!.InputTokens, report.Usage.CacheReadTokens, report.Usage.OutputTokens));
        Assert.Empty(report.Flags);
    }

    [Fact]
    public void A_compacted_response_states_its_usage()
    {
        var report = FamilyBodies.Play("openai", "/v1/responses/compact", """{"id":"resp_1","object":"response.compaction","output":[{"type":"compaction"}],"usage":{"input_tokens":139,"input_tokens_details":{"cached_tokens":0},"output_tokens":438,"output_tokens_details":{"reasoning_tokens":64},"total_tokens":577}}""").Report;
        Assert.Equal((139, 438, true), (report.Usage!.InputTokens, report.Usage.OutputTokens, report.IsFinal));
    }

    private static UsageReport Transcription(string body, RequestFacts? facts = null) =>
        FamilyBodies.Play("openai", "/v1/audio/transcriptions", body, facts).Report;

    private sealed class Headers(params (string Name, string Value)[] values) : IResponseHeaders
    {
        public string? Find(string name) => Array.Find(values, header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
    }
}
