using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

public sealed class OpenAiRequestTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Completions = "/v1/completions";
    private const string Responses = "/v1/responses";

    [Fact]
    public void A_chat_call_tells_model_stream_limit_choices_tier_and_end_user()
    {
        var facts = Dialects.Facts("openai", Chat, """
            {"model":"gpt-4o","messages":[{"role":"user","content":"hi"}],"stream":true,"stream_options":{"include_usage":true},
             "max_tokens":100,"max_completion_tokens":200,"n":3,"service_tier":"flex","user":"u-1"}
            """);

        Assert.Equal("gpt-4o", facts.Model);
        Assert.True(facts.Stream);
        Assert.Equal(200, facts.MaxOutputTokens);
        Assert.Equal(3, facts.Choices);
        Assert.Equal("flex", facts.ServiceTier);
        Assert.Equal("u-1", facts.EndUser);
        Assert.True(facts.IncludeUsage);
        Assert.Null(facts.HiddenInput);
        Assert.Null(facts.ServerTool);
    }

    [Fact]
    public void A_bare_chat_call_has_no_limit_one_choice_and_no_stream()
    {
        var facts = Dialects.Facts("openai", Chat, """{"model":"gpt-4o","messages":[],"stream":null,"max_tokens":null,"n":null,"service_tier":null,"user":null}""");

        Assert.Equal((false, null, 1, null, null), (facts.Stream, facts.MaxOutputTokens, facts.Choices, facts.ServiceTier, facts.EndUser));
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("default")]
    [InlineData("standard")]
    public void The_ordinary_tier_is_none(string tier)
    {
        Assert.Null(Dialects.Facts("openai", Chat, $$"""{"model":"m","service_tier":"{{tier}}"}""").ServiceTier);
    }

    [Theory]
    [InlineData("""{"model":"m","stream":"true"}""", "stream")]
    [InlineData("""{"model":"m","stream":1}""", "stream")]
    [InlineData("""{"model":"m","max_tokens":0}""", "max_tokens")]
    [InlineData("""{"model":"m","max_tokens":-1}""", "max_tokens")]
    [InlineData("""{"model":"m","max_tokens":1.5}""", "max_tokens")]
    [InlineData("""{"model":"m","max_tokens":1e9}""", "max_tokens")]
    [InlineData("""{"model":"m","max_tokens":99999999999999999999}""", "max_tokens")]
    [InlineData("""{"model":"m","max_tokens":"100"}""", "max_tokens")]
    [InlineData("""{"model":"m","max_completion_tokens":[1]}""", "max_completion_tokens")]
    [InlineData("""{"model":"m","n":0}""", "n")]
    [InlineData("""{"model":"m","n":129}""", "n")]
    [InlineData("""{"model":"m","n":"2"}""", "n")]
    [InlineData("""{"model":7}""", "model")]
    [InlineData("""{"model":{"id":"m"}}""", "model")]
    [InlineData("""{"model":"a\nb"}""", "model")]
    [InlineData("""{"model":"m","service_tier":1}""", "service_tier")]
    [InlineData("""{"model":"m","stream_options":true}""", "stream_options")]
    [InlineData("""{"model":"m","stream_options":{"include_usage":1}}""", "stream_options.include_usage")]
    [InlineData("""{"model":"m","tools":{}}""", "tools")]
    [InlineData("""{"model":"m","tools":[1]}""", "tools")]
    [Trait("Acceptance", "T43")]
    public void A_value_of_the_wrong_kind_is_refused_with_its_name(string body, string param)
    {
        var problem = Dialects.Problem("openai", Chat, body);
        Assert.Equal((ProblemCode.InvalidValue, param), (problem.Code, problem.Param));
    }

    [Fact]
    public void A_model_name_has_a_longest_length()
    {
        Assert.Equal(256, Dialects.Facts("openai", Chat, $$"""{"model":"{{new string('m', 256)}}"}""").Model!.Length);
        Assert.Equal(ProblemCode.InvalidValue, Dialects.Problem("openai", Chat, $$"""{"model":"{{new string('m', 257)}}"}""").Code);
        Assert.Equal(ProblemCode.InvalidValue, Dialects.Problem("openai", Chat, $$"""{"model":"{{new string('m', 1_000_000)}}"}""").Code);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"messages":[]}""")]
    [InlineData("""{"model":null}""")]
    [InlineData("""{"model":""}""")]
    [InlineData("""{"Model":"gpt-4o"}""")]
    public void A_metered_call_must_name_its_model(string body)
    {
        foreach (var path in new[] { Chat, Completions, Responses, "/v1/embeddings" })
            Assert.Equal((ProblemCode.MissingModel, "model"), Dialects.Problem("openai", path, body) is var problem ? (problem.Code, problem.Param) : default);
    }

    [Fact]
    public void Escapes_in_names_and_values_are_resolved()
    {
        var facts = Dialects.Facts("openai", Chat, """{"mod\u0065l":"gpt\u002d4o","\u006e":2,"user":"\u00e9\ud83d\ude00"}""");
        Assert.Equal(("gpt-4o", 2, "\u00e9\U0001F600"), (facts.Model, facts.Choices, facts.EndUser));
    }

    [Fact]
    [Trait("Acceptance", "T47")]
    public void An_end_user_is_a_label_of_at_most_256_characters()
    {
        Assert.Equal("s", Dialects.Facts("openai", Chat, """{"model":"m","safety_identifier":"s"}""").EndUser);
        Assert.Equal("s", Dialects.Facts("openai", Chat, """{"model":"m","safety_identifier":"s","user":"u"}""").EndUser);
        Assert.Equal(256, Dialects.Facts("openai", Chat, $$"""{"model":"m","user":"{{new string('u', 400)}}"}""").EndUser!.Length);
        Assert.Null(Dialects.Facts("openai", Chat, """{"model":"m","user":"a\u0000b"}""").EndUser);
        Assert.Null(Dialects.Facts("openai", Chat, """{"model":"m","user":{"id":"x"}}""").EndUser);
        Assert.Null(Dialects.Facts("openai", Chat, $$"""{"model":"m","user":"{{new string('u', 100_000)}}"}""").EndUser);
    }

    [Theory]
    [InlineData("""[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.org/a.png"}}]}]""", "image_url")]
    [InlineData("""[{"role":"user","content":[{"type":"image_url","image_url":{"detail":"low","url":"https://example.org/a.png"}}]}]""", "image_url")]
    [InlineData("""[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]""", "image_url")]
    [InlineData("""[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}]""", "file_id")]
    [InlineData("""[{"role":"user","content":[{"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA"}}]}]""", "file_data")]
    [InlineData("""[{"role":"assistant","audio":{"id":"audio_1"}}]""", "audio.id")]
    [InlineData("""[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}]""", null)]
    [InlineData("""[{"role":"user","content":[{"type":"video_url","video_url":{"url":"https://example.org/a.mp4"}}]}]""", "media_url")]
    [InlineData("""[{"role":"user","content":"see https://example.org/a.png and file_id"}]""", null)]
    [InlineData("""[{"role":"assistant","annotations":[{"type":"url_citation","url_citation":{"url":"https://example.org"}}]}]""", null)]
    public void Input_that_a_chat_only_points_to_is_named(string messages, string? hidden)
    {
        Assert.Equal(hidden, Dialects.Facts("openai", Chat, $$"""{"model":"m","messages":{{messages}}}""").HiddenInput);
    }

    [Theory]
    [InlineData("""{"model":"m","previous_response_id":"resp_1"}""", "previous_response_id")]
    [InlineData("""{"model":"m","previous_response_id":null}""", null)]
    [InlineData("""{"model":"m","conversation":"conv_1"}""", "conversation")]
    [InlineData("""{"model":"m","conversation":{"id":"conv_1"}}""", "conversation")]
    [InlineData("""{"model":"m","prompt":{"id":"pmpt_1"}}""", "prompt")]
    [InlineData("""{"model":"m","input":[{"type":"item_reference","id":"msg_1"}]}""", "item_reference")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":[{"type":"input_file","file_id":"file-1"}]}]}""", "file_id")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":[{"type":"input_file","file_url":"https://example.org/a.pdf"}]}]}""", "file_url")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"https://example.org/a.png"}]}]}""", "image_url")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,AAAA"}]}]}""", "image_url")]
    [InlineData("""{"model":"m","input":"item_reference"}""", null)]
    public void Input_that_a_response_only_points_to_is_named(string body, string? hidden)
    {
        Assert.Equal(hidden, Dialects.Facts("openai", Responses, body).HiddenInput);
    }

    [Theory]
    [InlineData("""[{"type":"function","function":{"name":"web_search","parameters":{"type":"object","properties":{"type":{"type":"string"}}}}}]""", null)]
    [InlineData("""[{"type":"custom","name":"c"}]""", null)]
    [InlineData("""[{"type":"function"},{"type":"web_search_preview"}]""", "web_search_preview")]
    [InlineData("""[{"type":"file_search","vector_store_ids":["vs_1"]}]""", "file_search")]
    [InlineData("""[{"type":"code_interpreter","container":{"type":"auto"}}]""", "code_interpreter")]
    [InlineData("""[{"type":"image_generation"}]""", "image_generation")]
    [InlineData("""[{"type":"mcp","server_url":"https://example.org"}]""", "mcp")]
    [InlineData("""[{"type":"computer_use_preview"}]""", "computer_use_preview")]
    [InlineData("""[{"type":"published_tomorrow"}]""", "published_tomorrow")]
    [InlineData("""[{"type":"namespace","tools":[{"type":"function"},{"type":"web_search"}]}]""", "web_search")]
    [InlineData("[]", null)]
    [InlineData("null", null)]
    [Trait("Acceptance", "T51")]
    public void A_tool_that_the_provider_runs_is_named(string tools, string? serverTool)
    {
        Assert.Equal(serverTool, Dialects.Facts("openai", Responses, $$"""{"model":"m","tools":{{tools}}}""").ServerTool);
        Assert.Equal(serverTool, Dialects.Facts("openai", Chat, $$"""{"model":"m","tools":{{tools}}}""").ServerTool);
    }

    [Fact]
    [Trait("Acceptance", "T51")]
    public void The_bound_on_tool_calls_is_read_where_it_is_stated()
    {
        Assert.Equal(4, Dialects.Facts("openai", Responses, """{"model":"m","max_tool_calls":4,"tools":[{"type":"web_search"}]}""").ServerToolCalls);
        Assert.Null(Dialects.Facts("openai", Responses, """{"model":"m","tools":[{"type":"web_search"}]}""").ServerToolCalls);
        Assert.Equal("web_search", Dialects.Facts("openai", Chat, """{"model":"m","web_search_options":{}}""").ServerTool);
    }

    [Fact]
    [Trait("Acceptance", "T52")]
    public void A_background_response_is_refused_by_its_field()
    {
        var problem = Dialects.Problem("openai", Responses, """{"model":"m","background":true}""");
        Assert.Equal((ProblemCode.EndpointNotMetered, "background"), (problem.Code, problem.Param));
        Assert.Equal("m", Dialects.Facts("openai", Responses, """{"model":"m","background":false}""").Model);
        Assert.Equal("m", Dialects.Facts("openai", Responses, """{"model":"m","background":null}""").Model);
        Assert.Equal(ProblemCode.InvalidValue, Dialects.Problem("openai", Responses, """{"model":"m","background":"true"}""").Code);
    }

    [Fact]
    [Trait("Acceptance", "T41")]
    public void Legacy_completions_take_the_larger_of_n_and_best_of_times_their_prompts()
    {
        Assert.Equal(20, Dialects.Facts("openai", Completions, """{"model":"m","prompt":"a","n":2,"best_of":20}""").Choices);
        Assert.Equal(6, Dialects.Facts("openai", Completions, """{"model":"m","n":2,"prompt":["a","b","c"]}""").Choices);
        Assert.Equal(2, Dialects.Facts("openai", Completions, """{"model":"m","prompt":[[1,2],[3]]}""").Choices);
        Assert.Equal(1, Dialects.Facts("openai", Completions, """{"model":"m","prompt":[1,2,3]}""").Choices);
        Assert.Equal(1, Dialects.Facts("openai", Completions, """{"model":"m","prompt":[]}""").Choices);
    }

    [Fact]
    public void OpenAI_limits_a_legacy_completion_to_16_tokens_and_other_servers_do_not()
    {
        Assert.Equal(16, Dialects.Facts("openai", Completions, """{"model":"m","prompt":"a"}""").MaxOutputTokens);
        Assert.Equal(5, Dialects.Facts("openai", Completions, """{"model":"m","prompt":"a","max_tokens":5}""").MaxOutputTokens);
        Assert.Null(Dialects.Facts("openai-compatible", Completions, """{"model":"m","prompt":"a"}""").MaxOutputTokens);
    }

    [Fact]
    public void Embeddings_have_no_output_to_limit_and_their_inputs_are_no_choices()
    {
        var facts = Dialects.Facts("openai", "/v1/embeddings", """{"model":"text-embedding-3-small","input":["a","b"],"user":"u"}""");

        Assert.Equal(("text-embedding-3-small", 1, "u"), (facts.Model, facts.Choices, facts.EndUser));
        Assert.Null(facts.OutputLimitInsertion);
        Assert.Null(facts.UsageSplice);
    }

    [Fact]
    public void A_free_call_needs_no_model()
    {
        Assert.Null(Dialects.Facts("openai", "/v1/moderations", """{"input":"a"}""").Model);
        Assert.Equal("m", Dialects.Facts("openai", "/v1/responses/input_tokens", """{"model":"m","background":true}""").Model);

        var list = Dialects.Of("openai").ReadRequest(Dialects.Route("openai", "/v1/models", "GET"), default);
        Assert.Null(list.Problem);
        var one = Dialects.Of("openai").ReadRequest(Dialects.Route("openai", "/v1/models/gpt-4o", "GET"), default);
        Assert.Equal("gpt-4o", one.Facts!.Model);
    }

    [Fact]
    [Trait("Acceptance", "T33")]
    public void Fall_back_models_of_OpenRouter_are_a_second_model()
    {
        const string Path = "/api/v1/chat/completions";
        Assert.Equal(
            (ProblemCode.ConflictingModel, "models"),
            Dialects.Problem("openrouter", Path, """{"models":["a/cheap","a/dear"],"model":"a/cheap"}""") is var problem ? (problem.Code, problem.Param) : default);
        Assert.Equal("a/cheap", Dialects.Facts("openrouter", Path, """{"models":["a/cheap"],"model":"a/cheap"}""").Model);
        Assert.Equal(ProblemCode.MissingModel, Dialects.Problem("openrouter", Path, """{"models":["a/cheap"]}""").Code);
        Assert.Equal(ProblemCode.ConflictingModel, Dialects.Problem("openrouter", "/api/v1/messages", """{"model":"a","models":["b"],"max_tokens":1}""").Code);
    }

    [Fact]
    public void OpenRouter_plugins_and_presets_are_noticed()
    {
        const string Path = "/api/v1/chat/completions";
        Assert.Equal("plugins", Dialects.Facts("openrouter", Path, """{"model":"m","plugins":[{"id":"web"}]}""").ServerTool);
        Assert.Equal("plugins", Dialects.Facts("openrouter", Path, """{"model":"m:online"}""").ServerTool);
        Assert.Null(Dialects.Facts("openrouter", Path, """{"model":"m:free"}""").ServerTool);
        Assert.Equal("preset", Dialects.Facts("openrouter", Path, """{"model":"m","preset":"p"}""").HiddenInput);
    }
}
