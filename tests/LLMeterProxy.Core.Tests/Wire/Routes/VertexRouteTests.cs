using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Routes;

public sealed class VertexRouteTests
{
    private const string Project = "/v1/projects/my-project/locations/europe-west4";

    public static TheoryData<string, string, string?, bool> Metered => new()
    {
        { "/publishers/google/models/gemini-2.5-flash:generateContent", Operations.GenerateContent, "gemini-2.5-flash", false },
        { "/publishers/google/models/gemini-2.5-flash:streamGenerateContent", Operations.GenerateContent, "gemini-2.5-flash", true },
        { "/publishers/google/models/gemini-embedding-2:embedContent", Operations.Embeddings, "gemini-embedding-2", false },
        { "/publishers/google/models/imagen-4.0-generate-001:predict", Operations.Predict, "imagen-4.0-generate-001", false },
        { "/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict", Operations.InvokeModel, "claude-sonnet-4-5@20250929", false },
        { "/publishers/anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict", Operations.InvokeModel, "claude-sonnet-4-5@20250929", true },
        { "/publishers/mistralai/models/mistral-medium-3:rawPredict", Operations.InvokeModel, "mistral-medium-3", false },
        { "/publishers/mistralai/models/mistral-medium-3:streamRawPredict", Operations.InvokeModel, "mistral-medium-3", true },
        { "/endpoints/openapi/chat/completions", Operations.Chat, null, false },
        { "/endpoints/1234567890:streamGenerateContent", Operations.GenerateContent, "endpoints/1234567890", true },
    };

    [Theory]
    [MemberData(nameof(Metered))]
    [Trait("Acceptance", "A44")]
    public void Each_publisher_is_metered_under_both_versions(string path, string operation, string? model, bool stream)
    {
        foreach (var version in new[] { "/v1", "/v1beta1" })
        {
            var match = Dialects.Route("vertex", version + Project["/v1".Length..] + path);
            Assert.Equal((RouteTreatment.Metered, operation), (match.Route.Treatment, match.Route.Operation));
            Assert.Equal((model, stream), (match.Model, match.StreamByPath));
        }
    }

    [Theory]
    [InlineData("/v1/publishers/google/models/gemini-2.5-flash:generateContent")]
    [InlineData("/v1beta1/publishers/google/models/gemini-2.5-flash:streamGenerateContent")]
    public void Express_mode_is_metered(string path)
    {
        var match = Dialects.Route("vertex", path);
        Assert.Equal((RouteTreatment.Metered, "gemini-2.5-flash"), (match.Route.Treatment, match.Model));
    }

    [Theory]
    [InlineData("/publishers/anthropic/models/count-tokens:rawPredict", RouteTreatment.Free)]
    [InlineData("/publishers/google/models/m:countTokens", RouteTreatment.Free)]
    [InlineData("/publishers/google/models/veo-3:predictLongRunning", RouteTreatment.Deferred)]
    [InlineData("/batchPredictionJobs", RouteTreatment.Deferred)]
    [InlineData("/publishers/google/models/m:rawPredict", RouteTreatment.Refused)]
    [InlineData("/endpoints/77:predict", RouteTreatment.Refused)]
    [InlineData("/endpoints/77/chat/completions", RouteTreatment.Refused)]
    [InlineData("/cachedContents", RouteTreatment.Refused)]
    [Trait("Acceptance", "T52")]
    public void What_is_free_or_has_no_meter_is_known(string path, RouteTreatment treatment)
    {
        Assert.Equal(treatment, Dialects.Route("vertex", Project + path).Route.Treatment);
    }

    [Theory]
    [InlineData(Project + "/publishers/google/models/m:publishedTomorrow")]
    [InlineData(Project + "/publishers/google/models/a/b:generateContent")]
    [InlineData(Project + "/publishers/anthropic/models/a:b:rawPredict")]
    [InlineData("/v1/projects/p/publishers/google/models/m:generateContent")]
    [InlineData("/v1beta/projects/p/locations/l/publishers/google/models/m:generateContent")]
    [InlineData("/v1/publishers/anthropic/models/m:rawPredict")]
    [Trait("Acceptance", "T29")]
    public void Anything_else_is_unknown(string path) => Assert.Equal(default, Dialects.Of("vertex").Match("POST", path, ""));

    [Theory]
    [InlineData("/v1/projects/theirs/locations/us-central1/publishers/google/models/m:generateContent", "ours", "europe-west4", "/v1/projects/ours/locations/europe-west4/publishers/google/models/m:generateContent")]
    [InlineData("/v1beta1/projects/theirs/locations/us-central1/endpoints/openapi/chat/completions", "ours", null, "/v1beta1/projects/ours/locations/us-central1/endpoints/openapi/chat/completions")]
    [InlineData("/v1/projects/theirs/locations/us-central1/publishers/anthropic/models/c@1:streamRawPredict", null, "global", "/v1/projects/theirs/locations/global/publishers/anthropic/models/c@1:streamRawPredict")]
    [InlineData("/v1/projects/theirs/locations/us-central1/publishers/google/models/m:generateContent", null, null, "/v1/projects/theirs/locations/us-central1/publishers/google/models/m:generateContent")]
    [InlineData("/v1/publishers/google/models/m:generateContent", "ours", "europe-west4", "/v1/projects/ours/locations/europe-west4/publishers/google/models/m:generateContent")]
    [InlineData("/v1beta1/publishers/google/models/m:countTokens", "ours", null, "/v1beta1/projects/ours/locations/global/publishers/google/models/m:countTokens")]
    [InlineData("/v1/publishers/google/models/m:generateContent", null, "europe-west4", "/v1/publishers/google/models/m:generateContent")]
    public void The_configured_project_and_region_stand_in_place_of_the_clients(string path, string? project, string? region, string upstream)
    {
        Assert.Equal(upstream, Dialects.Of("vertex").UpstreamPath(Dialects.Route("vertex", path), project, region));
    }

    [Theory]
    [InlineData(null, "https://aiplatform.googleapis.com")]
    [InlineData("global", "https://aiplatform.googleapis.com")]
    [InlineData("europe-west4", "https://europe-west4-aiplatform.googleapis.com")]
    [InlineData("eu", "https://aiplatform.eu.rep.googleapis.com")]
    public void A_region_has_an_address_of_its_own(string? region, string url) => Assert.Equal(url, Dialects.Of("vertex").BaseUrlOf(region));

    [Theory]
    // Google's transcoding clients ask for enumerations as numbers.
    [InlineData("?%24alt=json%3Benum-encoding%3Dint", "?%24alt=json%3Benum-encoding%3Dint")]
    [InlineData("?$alt=json;enum-encoding=int", "?$alt=json%3Benum-encoding%3Dint")]
    [InlineData("?%24alt=proto&alt=sse&key=k", "?alt=sse")]
    [InlineData("?alt=media&fields=candidates", "")]
    public void No_parameter_can_take_the_usage_out_of_the_answer(string query, string forwarded)
    {
        Assert.Equal(forwarded, Dialects.Route("vertex", Project + "/publishers/google/models/m:streamGenerateContent", query: query).UpstreamQuery);
    }

    [Theory]
    [InlineData("/publishers/google/models/m:generateContent", typeof(GeminiProblems))]
    [InlineData("/publishers/anthropic/models/m:rawPredict", typeof(AnthropicProblems))]
    [InlineData("/publishers/mistralai/models/m:rawPredict", typeof(OpenAiProblems))]
    [InlineData("/endpoints/openapi/chat/completions", typeof(OpenAiProblems))]
    [Trait("Acceptance", "A71")]
    public void A_refusal_is_in_the_format_of_the_publisher(string path, Type shape)
    {
        Assert.IsType(shape, Dialects.Of("vertex").ProblemsFor(Dialects.Route("vertex", Project + path)));
    }

    [Fact]
    public void Anthropics_body_has_no_model_and_the_path_decides()
    {
        const string Path = Project + "/publishers/anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict";
        var facts = Dialects.Facts("vertex", Path, """{"anthropic_version":"vertex-2023-10-16","max_tokens":77,"stream":true,"messages":[]}""");
        Assert.Equal(("claude-sonnet-4-5@20250929", true, 77L), (facts.Model, facts.Stream, facts.MaxOutputTokens));
        Assert.Equal("claude-sonnet-4-5@20250929", Dialects.Facts("vertex", Path, """{"model":"claude-sonnet-4-5","messages":[]}""").Model);
        Assert.Equal(ProblemCode.ConflictingModel, Dialects.Problem("vertex", Path, """{"model":"claude-haiku-4-5","messages":[]}""").Code);
    }

    [Fact]
    [Trait("Acceptance", "T33")]
    public void Other_publishers_repeat_the_model_of_the_path_and_name_no_other()
    {
        const string Path = Project + "/publishers/mistralai/models/mistral-small-2503@001:rawPredict";
        Assert.Equal("mistral-small-2503@001", Dialects.Facts("vertex", Path, """{"model":"mistral-small-2503","messages":[]}""").Model);
        Assert.Equal("mistral-small-2503@001", Dialects.Facts("vertex", Path, """{"messages":[]}""").Model);
        Assert.Equal(ProblemCode.ConflictingModel, Dialects.Problem("vertex", Path, """{"model":"mistral-large","messages":[]}""").Code);
    }

    [Fact]
    public void The_OpenAI_endpoint_names_publisher_and_model_in_the_body()
    {
        var facts = Dialects.Facts("vertex", Project + "/endpoints/openapi/chat/completions", """{"model":"google/gemini-2.5-flash","stream":true,"messages":[]}""");
        Assert.Equal(("google/gemini-2.5-flash", true), (facts.Model, facts.Stream));
        Assert.NotNull(facts.UsageSplice);
    }
}
