using System.Text;
using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

/// <summary>Requests of Ollama, Cohere, Gemini's interactions, embeddings and predictions, and Anthropic's legacy completions.</summary>
public sealed class NativeRequestTests
{
    private const string Interactions = "/v1beta/interactions";
    private const string Embed = "/v1beta/models/gemini-embedding-2:embedContent";
    private const string BatchEmbed = "/v1beta/models/gemini-embedding-2:batchEmbedContents";
    private const string Imagen = "/v1beta/models/imagen-4.0-generate-001:predict";

    [Theory]
    [InlineData("/api/chat", "", true)]
    [InlineData("/api/chat", ",\"stream\":null", true)]
    [InlineData("/api/chat", ",\"stream\":true", true)]
    [InlineData("/api/generate", ",\"stream\":false", false)]
    [InlineData("/api/embed", "", false)]
    public void Ollama_streams_unless_it_is_told_not_to(string path, string member, bool stream) =>
        Assert.Equal(stream, Dialects.Facts("ollama", path, "{\"model\":\"m\"" + member + "}").Stream);

    [Theory]
    [InlineData("""{"num_predict":64}""", 64L)]
    [InlineData("""{"num_predict":-1}""", null)]
    [InlineData("""{"num_predict":-2}""", null)]
    [InlineData("""{"num_predict":null}""", null)]
    [InlineData("""{"num_ctx":4096}""", null)]
    [InlineData("null", null)]
    public void Ollamas_output_limit_is_an_option_and_none_where_it_is_not_positive(string options, long? limit) =>
        Assert.Equal(limit, Dialects.Facts("ollama", "/api/chat", "{\"model\":\"m\",\"options\":" + options + "}").MaxOutputTokens);

    [Theory]
    [InlineData("ollama", "/api/chat", """{"model":"m"}""", """{"options":{"num_predict":9},"model":"m"}""")]
    [InlineData("ollama", "/api/chat", """{"model":"m","options":{}}""", """{"model":"m","options":{"num_predict":9}}""")]
    [InlineData("ollama", "/api/chat", """{"model":"m","options":null}""", """{"model":"m","options":{"num_predict":9}}""")]
    [InlineData("ollama", "/api/chat", """{"model":"m","options":{"seed":1}}""", """{"model":"m","options":{"num_predict":9,"seed":1}}""")]
    [InlineData("ollama", "/api/chat", """{"model":"m","options":{"num_predict":-1}}""", """{"model":"m","options":{"num_predict":9}}""")]
    [InlineData("cohere", "/v2/chat", """{"model":"m"}""", """{"max_tokens":9,"model":"m"}""")]
    [InlineData("anthropic", "/v1/complete", """{"model":"m"}""", """{"max_tokens_to_sample":9,"model":"m"}""")]
    [InlineData("gemini", Interactions, """{"model":"m"}""", """{"generation_config":{"max_output_tokens":9},"model":"m"}""")]
    [InlineData("gemini", Interactions, """{"model":"m","generation_config":{"seed":1}}""", """{"model":"m","generation_config":{"max_output_tokens":9,"seed":1}}""")]
    public void A_clamp_adds_the_limit_where_the_provider_looks_for_it(string kind, string path, string body, string clamped)
    {
        var facts = Dialects.Facts(kind, path, body);
        var insertion = facts.OutputLimitInsertion!.Value;
        var text = body[..insertion.Start] + Encoding.UTF8.GetString(insertion.Replacement.Span) + "9"
            + Encoding.UTF8.GetString(facts.OutputLimitSuffix.Span) + body[(insertion.Start + insertion.Length)..];
        Assert.Equal(clamped, text);
    }

    [Theory]
    [InlineData("""{"model":"m","Stream":false}""")]
    [InlineData("""{"model":"m","options":{"NUM_PREDICT":5}}""")]
    [InlineData("""{"Model":"m"}""")]
    [Trait("Acceptance", "T37")]
    public void Other_spellings_that_Ollamas_parser_takes_are_refused(string body) =>
        Assert.Equal(ProblemCode.InvalidValue, Dialects.Problem("ollama", "/api/chat", body).Code);

    [Theory]
    [InlineData("ollama", "/api/chat", """{"model":"m","messages":[{"role":"user","content":"a","images":["AAAA"]}]}""", "images")]
    [InlineData("ollama", "/api/generate", """{"model":"m","prompt":"a","images":["AAAA"]}""", "images")]
    [InlineData("ollama", "/api/generate", """{"model":"m","prompt":"a","images":[]}""", null)]
    [InlineData("cohere", "/v1/embed", """{"model":"m","images":["data:image/png;base64,AA"]}""", "images")]
    [InlineData("cohere", "/v2/embed", """{"model":"m","inputs":[{"content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]}]}""", "image_url")]
    [InlineData("cohere", "/v2/embed", """{"model":"m","texts":["a","b"]}""", null)]
    [InlineData("cohere", "/v1/chat", """{"model":"m","message":"a","conversation_id":"c"}""", "conversation_id")]
    [InlineData("gemini", Interactions, """{"model":"m","previous_interaction_id":"i"}""", "previous_interaction_id")]
    [InlineData("gemini", Interactions, """{"model":"m","input":[{"type":"image","uri":"gs://x"}]}""", "uri")]
    [InlineData("gemini", Interactions, """{"model":"m","input":[{"type":"image","data":"AA","mime_type":"image/png"}]}""", "data")]
    [InlineData("gemini", Interactions, """{"model":"m","input":"uri"}""", null)]
    [InlineData("gemini", Embed, """{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AA"}}]}}""", "inlineData")]
    [InlineData("gemini", BatchEmbed, """{"requests":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"file_data":{"file_uri":"u"}}]}}]}""", "fileData")]
    [InlineData("gemini", Imagen, """{"instances":[{"prompt":"a","image":{"bytesBase64Encoded":"AA"}}]}""", "instances")]
    [InlineData("gemini", Imagen, """{"instances":[{"prompt":"a"}]}""", null)]
    public void Input_that_the_bytes_do_not_bound_is_named(string kind, string path, string body, string? hidden) =>
        Assert.Equal(hidden, Dialects.Facts(kind, path, body).HiddenInput);

    [Theory]
    [InlineData("cohere", "/v1/chat", """{"model":"m","connectors":[{"id":"web-search"}]}""", "connectors")]
    [InlineData("cohere", "/v1/chat", """{"model":"m","connectors":[]}""", null)]
    [InlineData("cohere", "/v2/chat", """{"model":"m","tools":[{"type":"function","function":{"name":"f"}}]}""", null)]
    [InlineData("gemini", Interactions, """{"model":"m","tools":[{"type":"function","name":"f"},{"type":"google_search"}]}""", "google_search")]
    [InlineData("gemini", Interactions, """{"model":"m","tools":[{"type":"function","name":"f"}]}""", null)]
    [Trait("Acceptance", "T51")]
    public void A_tool_that_the_provider_runs_is_named(string kind, string path, string body, string? tool) =>
        Assert.Equal(tool, Dialects.Facts(kind, path, body).ServerTool);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(100, 1)]
    [InlineData(101, 2)]
    [InlineData(1000, 10)]
    public void A_rerank_is_held_by_the_search_units_of_its_documents(int documents, int units)
    {
        var body = "{\"model\":\"rerank-v3.5\",\"query\":\"q\",\"documents\":[" + string.Join(',', Enumerable.Repeat("\"\"", documents)) + "]}";
        var bound = Dialects.Facts("cohere", "/v2/rerank", body).Units;
        Assert.Equal(UnitNames.SearchUnit, Assert.Single(bound).Unit);
        Assert.InRange(bound[0].Quantity, units, units + 1);
    }

    [Fact]
    public void Documents_that_are_longer_than_a_chunk_count_as_several()
    {
        var body = "{\"model\":\"rerank-v3.5\",\"query\":\"q\",\"documents\":[" + string.Join(',', Enumerable.Repeat("\"" + new string('x', 2000) + "\"", 100)) + "]}";
        Assert.True(Dialects.Facts("cohere", "/v2/rerank", body).Units[0].Quantity >= 4);
    }

    [Fact]
    public void Cohere_chat_names_model_limit_and_stream()
    {
        var facts = Dialects.Facts("cohere", "/v2/chat", """{"model":"command-a-03-2025","max_tokens":4,"stream":true,"messages":[]}""");
        Assert.Equal(("command-a-03-2025", 4L, true), (facts.Model, facts.MaxOutputTokens, facts.Stream));
        Assert.Null(facts.UsageSplice);
        Assert.NotNull(Dialects.Facts("cohere", "/compatibility/v1/chat/completions", """{"model":"m","stream":true}""").UsageSplice);
    }

    [Theory]
    [InlineData("", """{"model":"m"}""", false)]
    [InlineData("", """{"model":"m","stream":true}""", true)]
    [InlineData("?alt=sse", """{"model":"m"}""", true)]
    public void An_interaction_streams_by_its_body_or_its_query(string query, string body, bool stream)
    {
        var match = Dialects.Route("gemini", Interactions, query: query);
        Assert.Equal(stream, Dialects.Of("gemini").ReadRequest(match, Encoding.UTF8.GetBytes(body)).Facts!.Stream);
    }

    [Fact]
    [Trait("Acceptance", "A46")]
    public void A_background_interaction_is_refused()
    {
        Assert.Equal(ProblemCode.EndpointNotMetered, Dialects.Problem("gemini", Interactions, """{"agent":"deep-research","background":true}""").Code);
        Assert.Equal("deep-research", Dialects.Facts("gemini", Interactions, """{"agent":"deep-research","background":false}""").Model);
        Assert.Equal(ProblemCode.ConflictingModel, Dialects.Problem("gemini", Interactions, """{"agent":"a","model":"b"}""").Code);
        Assert.Equal(ProblemCode.MissingModel, Dialects.Problem("gemini", Interactions, """{"input":"a"}""").Code);
    }

    [Fact]
    public void An_interactions_limit_and_tier_are_read()
    {
        var facts = Dialects.Facts("gemini", Interactions, """{"model":"m","generation_config":{"max_output_tokens":30,"thinking_level":"low"},"service_tier":"flex"}""");
        Assert.Equal((30L, "flex"), (facts.MaxOutputTokens, facts.ServiceTier));
    }

    [Theory]
    [InlineData(Embed, """{"model":"models/gemini-embedding-2","content":{}}""", null)]
    [InlineData(Embed, """{"model":"models/gemini-embedding-001","content":{}}""", ProblemCode.ConflictingModel)]
    [InlineData(BatchEmbed, """{"requests":[{"model":"models/gemini-embedding-2"},{"model":"gemini-embedding-2"}]}""", null)]
    [InlineData(BatchEmbed, """{"requests":[{"model":"models/gemini-embedding-2"},{"model":"models/other"}]}""", ProblemCode.ConflictingModel)]
    [InlineData(BatchEmbed, """{"requests":{}}""", ProblemCode.InvalidValue)]
    [Trait("Acceptance", "T33")]
    public void Every_request_of_a_batch_of_embeddings_is_for_the_model_of_the_path(string path, string body, ProblemCode? problem) =>
        Assert.Equal(problem, Dialects.Read("gemini", path, body).Problem?.Code);

    [Theory]
    [InlineData("""{"instances":[{"prompt":"a"}],"parameters":{"sampleCount":2}}""", 2)]
    [InlineData("""{"instances":[{"prompt":"a"}]}""", 4)]
    public void Pictures_that_are_asked_for_bound_the_hold(string body, int images) =>
        Assert.Equal([new UnitCount(UnitNames.Image, images)], Dialects.Facts("gemini", Imagen, body).Units);

    [Fact]
    public void Legacy_completions_of_Anthropic_have_a_limit_of_their_own_name()
    {
        var facts = Dialects.Facts("anthropic", "/v1/complete", """{"model":"claude-2.1","prompt":"p","max_tokens_to_sample":1000,"stream":true,"metadata":{"user_id":"u"}}""");
        Assert.Equal(("claude-2.1", 1000L, true, "u"), (facts.Model, facts.MaxOutputTokens, facts.Stream, facts.EndUser));
    }

    [Theory]
    [InlineData("ollama", "/api/chat")]
    [InlineData("cohere", "/v2/chat")]
    [InlineData("cohere", "/v1/rerank")]
    [InlineData("gemini", Interactions)]
    [InlineData("anthropic", "/v1/complete")]
    [Trait("Acceptance", "T36")]
    public void A_model_that_stands_there_twice_is_refused(string kind, string path) =>
        Assert.Equal(ProblemCode.DuplicateProperty, Dialects.Problem(kind, path, """{"model":"a","model":"b"}""").Code);
}
