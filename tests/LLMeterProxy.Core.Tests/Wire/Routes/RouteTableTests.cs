using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Core.Tests.Wire.Routes;

public sealed class RouteTableTests
{
    public static TheoryData<string> Kinds => [.. Dialects.Catalog.All.Select(dialect => dialect.Kind)];

    [Fact]
    [Trait("Acceptance", "A44")]
    public void OpenAI_meters_four_operations_and_gives_four_for_free() => Assert.Equal(
        [
            "POST /v1/chat/completions chat Metered",
            "POST /v1/completions completions Metered",
            "POST /v1/responses responses Metered",
            "POST /v1/embeddings embeddings Metered",
            "GET /v1/models models Free",
            "GET /v1/models/{model} models Free",
            "POST /v1/responses/input_tokens count_tokens Free",
            "POST /v1/moderations moderations Free",
        ],
        Forwarded("openai"));

    [Fact]
    [Trait("Acceptance", "A44")]
    public void Anthropic_meters_three_formats_and_gives_counting_and_models_for_free() => Assert.Equal(
        [
            "POST /v1/messages messages Metered",
            "POST /v1/complete completions Metered",
            "POST /v1/chat/completions chat Metered",
            "POST /v1/messages/count_tokens count_tokens Free",
            "GET /v1/models models Free",
            "GET /v1/models/{model} models Free",
        ],
        Forwarded("anthropic"));

    [Fact]
    [Trait("Acceptance", "A44")]
    public void Gemini_meters_generation_under_both_versions_and_its_OpenAI_form() => Assert.Equal(
        [
            "POST /v1beta/openai/chat/completions chat Metered",
            "POST /v1beta/openai/embeddings embeddings Metered",
            "GET /v1beta/openai/models models Free",
            "GET /v1beta/openai/models/{model} models Free",
            "POST /v1beta/interactions interactions Metered",
            "POST /v1beta/models/{model}:generateContent generate_content Metered",
            "POST /v1beta/models/{model}:streamGenerateContent generate_content Metered",
            "POST /v1beta/models/{model}:embedContent embeddings Metered",
            "POST /v1beta/models/{model}:batchEmbedContents embeddings Metered",
            "POST /v1beta/models/{model}:predict predict Metered",
            "POST /v1beta/tunedModels/{model}:generateContent generate_content Metered",
            "POST /v1beta/tunedModels/{model}:streamGenerateContent generate_content Metered",
            "POST /v1beta/models/{model}:countTokens count_tokens Free",
            "GET /v1beta/models models Free",
            "GET /v1beta/models/{model} models Free",
            "POST /v1/models/{model}:generateContent generate_content Metered",
            "POST /v1/models/{model}:streamGenerateContent generate_content Metered",
            "POST /v1/models/{model}:embedContent embeddings Metered",
            "POST /v1/models/{model}:batchEmbedContents embeddings Metered",
            "POST /v1/models/{model}:predict predict Metered",
            "POST /v1/tunedModels/{model}:generateContent generate_content Metered",
            "POST /v1/tunedModels/{model}:streamGenerateContent generate_content Metered",
            "POST /v1/models/{model}:countTokens count_tokens Free",
            "GET /v1/models models Free",
            "GET /v1/models/{model} models Free",
        ],
        Forwarded("gemini"));

    [Fact]
    [Trait("Acceptance", "A44")]
    public void OpenRouter_meters_five_operations_and_keeps_the_shared_account_to_itself()
    {
        Assert.Equal(
            [
                "POST /api/v1/chat/completions chat Metered",
                "POST /api/v1/completions completions Metered",
                "POST /api/v1/responses responses Metered",
                "POST /api/v1/messages messages Metered",
                "POST /api/v1/embeddings embeddings Metered",
                "GET /api/v1/models models Free",
                "GET /api/v1/models/count models Free",
                "GET /api/v1/models/{author}/{slug}/endpoints models Free",
                "GET /api/v1/embeddings/models models Free",
                "GET /api/v1/generation generation Free",
            ],
            Forwarded("openrouter"));
        Assert.Equal(RouteTreatment.Refused, Dialects.Route("openrouter", "/api/v1/credits", "GET").Route.Treatment);
        Assert.Equal(RouteTreatment.Refused, Dialects.Route("openrouter", "/api/v1/key", "GET").Route.Treatment);
    }

    [Fact]
    [Trait("Acceptance", "A44")]
    public void An_OpenAI_compatible_server_is_metered_by_the_tail_of_the_path() => Assert.Equal(
        [
            "POST /{prefix}/chat/completions chat Metered",
            "POST /{prefix}/completions completions Metered",
            "POST /{prefix}/responses responses Metered",
            "POST /{prefix}/embeddings embeddings Metered",
            "GET /{prefix}/models models Free",
            "GET /{prefix}/models/{model} models Free",
            "POST /{prefix}/moderations moderations Free",
        ],
        Forwarded("openai-compatible"));

    [Theory]
    [MemberData(nameof(Kinds))]
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
    [InlineData("openrouter", "/v1/chat/completions")]
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
    [InlineData("openai", "/v1/files", "POST")]
    [InlineData("openai", "/v1/batches/batch_1/cancel", "POST")]
    [InlineData("openai", "/v1/responses/resp_1", "GET")]
    [InlineData("openai", "/v1/responses/resp_1", "DELETE")]
    [InlineData("openai", "/v1/responses/resp_1/cancel", "POST")]
    [InlineData("openai", "/v1/responses/compact", "POST")]
    [InlineData("openai", "/v1/threads/t/runs/r/steps/s", "GET")]
    [InlineData("openai", "/v1/images/generations", "POST")]
    [InlineData("openai", "/v1/audio/speech", "POST")]
    [InlineData("openai", "/v1/realtime/sessions", "POST")]
    [InlineData("openai", "/v1/videos", "POST")]
    [InlineData("anthropic", "/v1/files", "POST")]
    [InlineData("gemini", "/v1beta/cachedContents", "POST")]
    [InlineData("openrouter", "/api/v1/rerank", "POST")]
    [InlineData("openai-compatible", "/v1/rerank", "POST")]
    [InlineData("openai-compatible", "/v1/images/generations", "POST")]
    [InlineData("openai-compatible", "/v1/audio/transcriptions", "POST")]
    [Trait("Acceptance", "T52")]
    public void What_spends_money_without_a_meter_is_refused_and_not_forwarded(string kind, string path, string method)
    {
        Assert.Equal(RouteTreatment.Refused, Dialects.Route(kind, path, method).Route.Treatment);
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

    private static IEnumerable<string> Forwarded(string kind) =>
        from route in Dialects.Of(kind).Routes
        where route.Treatment is RouteTreatment.Metered or RouteTreatment.Free
        select $"{route.Method} {route.Template} {route.Operation} {route.Treatment}";

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
