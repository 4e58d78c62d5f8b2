using System.Text;
using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Bedrock;

public sealed class RequestTests
{
    private const string Converse = "/model/amazon.nova-lite-v1:0/converse";
    private const string Invoke = "/model/amazon.nova-lite-v1:0/invoke";

    [Fact]
    public void A_Converse_request_is_read_whole()
    {
        var facts = Dialects.Facts(
            "bedrock",
            "/model/amazon.nova-lite-v1:0/converse-stream",
            """{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":64,"temperature":0.1},"serviceTier":{"type":"priority"},"requestMetadata":{"user_id":"u-1","team":"x"},"toolConfig":{"tools":[{"toolSpec":{"name":"f"}},{"cachePoint":{"type":"default"}}]}}""");

        Assert.Equal("amazon.nova-lite-v1:0", facts.Model);
        Assert.Equal((true, 64L, "priority", "u-1"), (facts.Stream, facts.MaxOutputTokens, facts.ServiceTier, facts.EndUser));
        Assert.Null(facts.ServerTool);
        Assert.Null(facts.HiddenInput);
    }

    [Theory]
    [InlineData("""{}""", """{"inferenceConfig":{"maxTokens":9}}""")]
    [InlineData("""{"messages":[]}""", """{"inferenceConfig":{"maxTokens":9},"messages":[]}""")]
    [InlineData("""{"inferenceConfig":{}}""", """{"inferenceConfig":{"maxTokens":9}}""")]
    [InlineData("""{"inferenceConfig":null}""", """{"inferenceConfig":{"maxTokens":9}}""")]
    [InlineData("""{"inferenceConfig":{"topP":1}}""", """{"inferenceConfig":{"maxTokens":9,"topP":1}}""")]
    [InlineData("""{"inferenceConfig":{"maxTokens":50}}""", """{"inferenceConfig":{"maxTokens":9}}""")]
    [InlineData("""{"inferenceConfig":{"maxTokens":5}}""", """{"inferenceConfig":{"maxTokens":5}}""")]
    public void A_Converse_request_can_be_clamped(string body, string clamped)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var edits = BodyEdits.Clamp(Dialects.Facts("bedrock", Converse, body), bytes, 9);
        Assert.Equal(clamped, Encoding.UTF8.GetString(BodyEdits.Apply(bytes, [.. edits])));
    }

    [Theory]
    [InlineData("""{"max_tokens":77,"anthropic_version":"bedrock-2023-05-31","messages":[]}""")]
    [InlineData("""{"prompt":"x","max_tokens_to_sample":77}""")]
    [InlineData("""{"prompt":"x","max_gen_len":77}""")]
    [InlineData("""{"prompt":"x","maxTokens":77}""")]
    [InlineData("""{"inputText":"x","textGenerationConfig":{"maxTokenCount":77}}""")]
    [InlineData("""{"schemaVersion":"messages-v1","messages":[],"inferenceConfig":{"maxTokens":77}}""")]
    [InlineData("""{"messages":[],"inferenceConfig":{"max_new_tokens":77}}""")]
    [InlineData("""{"messages":[],"max_completion_tokens":77}""")]
    public void Every_vendors_output_limit_is_read_and_clamped(string body)
    {
        var facts = Dialects.Facts("bedrock", Invoke, body);
        Assert.Equal(77, facts.MaxOutputTokens);

        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.Equal(
            body.Replace("77", "9", StringComparison.Ordinal),
            Encoding.UTF8.GetString(BodyEdits.Apply(bytes, [.. BodyEdits.Clamp(facts, bytes, 9)])));
    }

    [Fact]
    public void The_models_own_limit_counts_in_Converse_too()
    {
        Assert.Equal(500, Dialects.Facts("bedrock", Converse, """{"inferenceConfig":{"maxTokens":5},"additionalModelRequestFields":{"max_tokens":500}}""").MaxOutputTokens);
    }

    [Theory]
    [InlineData(Converse, """{"messages":[{"content":[{"image":{"format":"png","source":{"bytes":"AAAA"}}}]}]}""", "bytes")]
    [InlineData(Converse, """{"messages":[{"content":[{"document":{"source":{"s3Location":{"uri":"s3://b/k"}}}}]}]}""", "s3Location")]
    [InlineData(Invoke, """{"messages":[{"content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]}]}""", "media_type")]
    [InlineData(Invoke, """{"messages":[{"content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}""", "image_url")]
    public void Input_that_its_bytes_do_not_bound_is_named(string path, string body, string field)
    {
        Assert.Equal(field, Dialects.Facts("bedrock", path, body).HiddenInput);
    }

    [Fact]
    public void Tools_that_the_provider_runs_are_named()
    {
        Assert.Equal("systemTool", Dialects.Facts("bedrock", Converse, """{"toolConfig":{"tools":[{"systemTool":{"name":"nova_grounding"}}]}}""").ServerTool);
        var search = Dialects.Facts("bedrock", Invoke, """{"max_tokens":1,"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":3}]}""");
        Assert.Equal(("web_search_20250305", 3), (search.ServerTool, search.ServerToolCalls));
        Assert.Null(Dialects.Facts("bedrock", Invoke, """{"tools":[{"type":"function","function":{"name":"f"}}]}""").ServerTool);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(100, 1)]
    [InlineData(101, 2)]
    public void A_ranking_is_a_search_for_each_hundred_documents(int documents, int searches)
    {
        var body = "{\"query\":\"q\",\"documents\":[" + string.Join(',', Enumerable.Repeat("\"d\"", documents)) + "]}";
        Assert.Equal([new UnitCount(UnitNames.SearchUnit, searches)], Dialects.Facts("bedrock", "/model/cohere.rerank-v3-5:0/invoke", body).Units);
    }

    [Theory]
    [Trait("Acceptance", "T36")]
    [InlineData(Converse, """{"inferenceConfig":{"maxTokens":1},"inferenceConfig":{"maxTokens":2}}""", ProblemCode.DuplicateProperty)]
    [InlineData(Converse, """{"inferenceConfig":{"maxTokens":1,"maxTokens":2}}""", ProblemCode.DuplicateProperty)]
    [InlineData(Converse, """{"inferenceConfig":{"maxTokens":0}}""", ProblemCode.InvalidValue)]
    [InlineData(Converse, """{"inferenceConfig":[]}""", ProblemCode.InvalidValue)]
    [InlineData(Converse, """[]""", ProblemCode.InvalidJson)]
    [InlineData(Converse, """{"a":1}x""", ProblemCode.InvalidJson)]
    [InlineData(Invoke, """{"max_tokens":1,"max_tokens":2}""", ProblemCode.DuplicateProperty)]
    [InlineData(Invoke, """{"max_gen_len":1,"maxTokens":2}""", ProblemCode.DuplicateProperty)]
    [InlineData(Invoke, """{"model":"another"}""", ProblemCode.ConflictingModel)]
    public void A_body_that_can_be_read_in_two_ways_is_refused(string path, string body, ProblemCode code)
    {
        Assert.Equal(code, Dialects.Problem("bedrock", path, body).Code);
    }

    [Fact]
    public void A_body_that_counts_tokens_only_has_to_be_JSON()
    {
        const string Path = "/model/amazon.nova-lite-v1:0/count-tokens";
        Assert.Equal("amazon.nova-lite-v1:0", Dialects.Facts("bedrock", Path, """{"input":{"converse":{"messages":[]}}}""").Model);
        Assert.Equal(ProblemCode.InvalidJson, Dialects.Problem("bedrock", Path, "{").Code);
    }
}
