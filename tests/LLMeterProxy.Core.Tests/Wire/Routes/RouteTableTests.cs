using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Core.Tests.Wire.Routes;

public sealed class RouteTableTests
{
    public static TheoryData<string> Kinds => [.. Dialects.Catalog.All.Select(dialect => dialect.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Acceptance", "A44")]
    public void Every_route_of_the_table_is_found_by_a_path_of_its_template(string kind)
    {
        var dialect = Dialects.Of(kind);
        foreach (var route in dialect.Routes)
        {
            foreach (var path in Filled(route.Template))
            {
                var found = dialect.Match(route.Method, path, "");
                Assert.NotNull(found.Match);
                Assert.Equal(route.Treatment, found.Match.Route.Treatment);
                Assert.Equal(route.Operation, found.Match.Route.Operation);
                Assert.Equal(path, found.Match.UpstreamPath);
                Assert.Equal("", found.Match.UpstreamQuery);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Acceptance", "T26")]
    public void A_known_path_under_another_method_names_the_methods_it_knows(string kind)
    {
        var dialect = Dialects.Of(kind);
        foreach (var route in dialect.Routes)
        {
            foreach (var method in new[] { "TRACE", "CONNECT", "PROPFIND", "PUT", "PATCH", "HEAD", "OPTIONS", route.Method.ToLowerInvariant() })
            {
                var found = dialect.Match(method, Filled(route.Template)[0], "");
                Assert.Null(found.Match);
                Assert.Contains(route.Method, found.AllowedMethods!.Split(", "));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Acceptance", "T25")]
    public void A_path_that_an_upstream_could_read_otherwise_never_matches(string kind)
    {
        var dialect = Dialects.Of(kind);
        foreach (var route in dialect.Routes)
        {
            foreach (var path in Filled(route.Template))
            {
                string[] hostile =
                [
                    path + "/", "/" + path, path.Insert(path.LastIndexOf('/'), "/"), path + ";a=b", path + "%20", path + " ", path + "\\",
                    path + "%2f", path + "%00", path + "\0", path + "\r\n", path + "/..", path + "/.", path + "?a=b", path + "#x", path + "\u00e9",
                    path.Replace("/", "\\", StringComparison.Ordinal), path[1..], "/../x" + path, "/..;" + path, "/;" + path, "",
                    path.Insert(path.LastIndexOf('/'), "/.."), path.Insert(path.LastIndexOf('/'), "/."), path.Insert(path.LastIndexOf('/'), ";x"),
                ];
                foreach (var variant in hostile)
                    Assert.Equal(default, dialect.Match(route.Method, variant, ""));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Acceptance", "T29")]
    public void An_endpoint_that_is_published_tomorrow_is_in_no_table(string kind)
    {
        string[] methods = ["GET", "POST", "PUT", "DELETE"];
        string[] paths = ["/", "/v1/published_tomorrow", "/published_tomorrow", "/v1/published/tomorrow", "/v1beta/published_tomorrow"];
        foreach (var method in methods)
        {
            foreach (var path in paths)
                Assert.Equal(default, Dialects.Of(kind).Match(method, path, ""));
        }
    }

    [Theory]
    [InlineData("openai", "/V1/chat/completions")]
    [InlineData("openai", "/v1/Chat/completions")]
    [InlineData("openai", "/chat/completions")]
    [InlineData("openai", "/v1/chat/completions/x/y")]
    [InlineData("openai", "/v1/published_tomorrow")]
    [InlineData("openai", "/")]
    [InlineData("anthropic", "/v2/messages")]
    [InlineData("anthropic", "/v1/v1/messages")]
    [InlineData("gemini", "/v1/models/gemini-2.5-flash:unheardOf")]
    [InlineData("gemini", "/v1/models/a/b:generateContent")]
    [InlineData("gemini", "/v1/models/:generateContent")]
    [InlineData("gemini", "/v1/models/..:generateContent")]
    [InlineData("gemini", "/v1/models/a:b:generateContent")]
    [InlineData("gemini", "/v1beta/models/x:GenerateContent")]
    [InlineData("openrouter", "/chat/completions")]
    [InlineData("azure-openai", "/v1/chat/completions")]
    [InlineData("azure-openai", "//openai/deployments/d/chat/completions")]
    [InlineData("azure-openai", "/openai/deployments/a/b/chat/completions")]
    [InlineData("azure-openai", "/openai/deployments//chat/completions")]
    [InlineData("mistral", "/chat/completions")]
    [InlineData("deepseek", "/v2/chat/completions")]
    [InlineData("groq", "/openai/chat/completions")]
    [InlineData("xai", "/chat/completions")]
    [InlineData("perplexity", "/v2/chat/completions")]
    [InlineData("openai-compatible", "/a/b/c/d/e/chat/completions")]
    [InlineData("openai-compatible", "/a:b/chat/completions")]
    [InlineData("openai-compatible", "/v1/chat")]
    [Trait("Acceptance", "T29")]
    public void A_path_that_is_not_in_the_table_does_not_match(string kind, string path)
    {
        Assert.Equal(default, Dialects.Of(kind).Match("POST", path, ""));
    }

    [Theory]
    [InlineData("/chat/completions", Operations.Chat)]
    [InlineData("/v1/chat/completions", Operations.Chat)]
    [InlineData("/inference/v1/chat/completions", Operations.Chat)]
    [InlineData("/a/b/c/d/chat/completions", Operations.Chat)]
    [InlineData("/v1/completions", Operations.Completions)]
    [InlineData("/openai/v1/responses", Operations.Responses)]
    [InlineData("/v1/embeddings", Operations.Embeddings)]
    public void An_OpenAI_compatible_path_may_begin_with_up_to_four_segments(string path, string operation)
    {
        var match = Dialects.Route("openai-compatible", path);
        Assert.Equal(operation, match.Route.Operation);
        Assert.Equal(RouteTreatment.Metered, match.Route.Treatment);
        Assert.Equal(path, match.UpstreamPath);
    }

    [Theory]
    [InlineData("anthropic", "/v1/files", "POST")]
    [InlineData("gemini", "/v1beta/cachedContents", "POST")]
    [InlineData("openai", "/v1/chat/completions/chatcmpl-1", "GET")]
    [InlineData("openai", "/v1/vector_stores/vs_1/search", "POST")]
    [InlineData("openai", "/v1/organization/costs", "GET")]
    [InlineData("azure-openai", "/openai/deployments/d/extensions/chat/completions", "POST")]
    [InlineData("mistral", "/v1/conversations", "POST")]
    [InlineData("xai", "/v1/tts", "POST")]
    [InlineData("xai", "/v1/documents/search", "POST")]
    [InlineData("deepseek", "/user/balance", "GET")]
    [Trait("Acceptance", "T52")]
    public void What_spends_money_without_a_meter_is_refused_and_not_forwarded(string kind, string path, string method)
    {
        Assert.Equal(RouteTreatment.Refused, Dialects.Route(kind, path, method).Route.Treatment);
    }

    [Theory]
    [InlineData("openai", "/v1/files", "POST")]
    [InlineData("openai", "/v1/batches/batch_1/cancel", "POST")]
    [InlineData("openai", "/v1/responses/resp_1", "GET")]
    [InlineData("openai", "/v1/responses/resp_1", "DELETE")]
    [InlineData("openai", "/v1/responses/resp_1/cancel", "POST")]
    [InlineData("openai", "/v1/threads/t/runs/r/steps/s", "GET")]
    [InlineData("openai", "/v1/realtime/sessions", "POST")]
    [InlineData("openai", "/v1/videos", "POST")]
    [InlineData("azure-openai", "/openai/v1/responses/resp_1", "GET")]
    [InlineData("azure-openai", "/openai/batches", "POST")]
    [InlineData("mistral", "/v1/batch/jobs", "POST")]
    [InlineData("mistral", "/v1/batch/jobs/job", "GET")]
    [InlineData("groq", "/openai/v1/batches", "POST")]
    [InlineData("xai", "/v1/chat/deferred-completion/id", "GET")]
    [InlineData("xai", "/v1/videos/generations", "POST")]
    [InlineData("perplexity", "/async/chat/completions", "POST")]
    [InlineData("perplexity", "/v1/async/sonar/id", "GET")]
    [InlineData("openai-compatible", "/v1/batches", "POST")]
    [InlineData("openrouter", "/api/v1/videos", "POST")]
    [Trait("Acceptance", "T52")]
    [Trait("Acceptance", "A46")]
    public void What_is_billed_after_its_answer_is_deferred_and_not_forwarded(string kind, string path, string method)
    {
        Assert.Equal(RouteTreatment.Deferred, Dialects.Route(kind, path, method).Route.Treatment);
    }

    [Theory]
    [InlineData("groq", "/v1/chat/completions", "/openai/v1/chat/completions")]
    [InlineData("openrouter", "/v1/chat/completions", "/api/v1/chat/completions")]
    [InlineData("perplexity", "/v1/chat/completions", "/chat/completions")]
    [InlineData("deepseek", "/anthropic/messages", "/anthropic/v1/messages")]
    [InlineData("azure-openai", "/anthropic/messages", "/anthropic/v1/messages")]
    public void A_base_URL_with_another_version_than_the_provider_has_means_the_same(string kind, string path, string upstream)
    {
        Assert.Equal(upstream, Dialects.Route(kind, path).UpstreamPath);
    }

    [Fact]
    [Trait("Acceptance", "T33")]
    public void An_Azure_path_names_the_deployment_and_forwards_the_version_alone()
    {
        var match = Dialects.Route("azure-openai", "/openai/deployments/my.gpt-4o_eu/chat/completions", query: "?api-version=2024-10-21&code=x");
        Assert.Equal(("my.gpt-4o_eu", "?api-version=2024-10-21"), (match.Model, match.UpstreamQuery));
    }

    [Fact]
    public void Messages_without_the_version_are_sent_to_the_versioned_path()
    {
        Assert.Equal("/v1/messages", Dialects.Route("anthropic", "/messages").UpstreamPath);
        Assert.Equal("/v1/messages/count_tokens", Dialects.Route("anthropic", "/messages/count_tokens").UpstreamPath);
        Assert.Equal("POST", Dialects.Of("anthropic").Match("GET", "/messages", "").AllowedMethods);
    }

    [Fact]
    [Trait("Acceptance", "T34")]
    public void A_Gemini_path_names_model_and_stream()
    {
        var stream = Dialects.Route("gemini", "/v1beta/models/gemini-2.5-flash:streamGenerateContent", query: "?alt=sse");
        Assert.Equal(("gemini-2.5-flash", true, "?alt=sse"), (stream.Model, stream.StreamByPath, stream.UpstreamQuery));

        var whole = Dialects.Route("gemini", "/v1/models/gemini-2.5-flash:generateContent");
        Assert.Equal(("gemini-2.5-flash", false, ""), (whole.Model, whole.StreamByPath, whole.UpstreamQuery));
    }

    [Fact]
    public void A_fine_tuned_model_id_is_one_segment()
    {
        var match = Dialects.Route("openai", "/v1/models/ft:gpt-4o-mini:acme::abc123", "GET");
        Assert.Equal("ft:gpt-4o-mini:acme::abc123", match.Model);
        Assert.Equal("/v1/models/ft:gpt-4o-mini:acme::abc123", match.UpstreamPath);
    }

    private static List<string> Filled(string template)
    {
        var path = template
            .Replace("{model}", "some-model.1", StringComparison.Ordinal)
            .Replace("{id}", "id_1", StringComparison.Ordinal)
            .Replace("{author}", "acme", StringComparison.Ordinal)
            .Replace("{project}", "my-project", StringComparison.Ordinal)
            .Replace("{location}", "europe-west4", StringComparison.Ordinal)
            .Replace("{publisher}", "mistralai", StringComparison.Ordinal)
            .Replace("{slug}", "model-1:free", StringComparison.Ordinal);
        if (path.Contains("{prefix}", StringComparison.Ordinal))
            return [path.Replace("/{prefix}", "", StringComparison.Ordinal), path.Replace("{prefix}", "v1", StringComparison.Ordinal), path.Replace("{prefix}", "a/b/c.d/v_1", StringComparison.Ordinal)];
        return path.Contains("{rest}", StringComparison.Ordinal)
            ? [path.Replace("{rest}", "x_1", StringComparison.Ordinal), path.Replace("{rest}", "x_1/items/y_2", StringComparison.Ordinal)]
            : [path];
    }
}
