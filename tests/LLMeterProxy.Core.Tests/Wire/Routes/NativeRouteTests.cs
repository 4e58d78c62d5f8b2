using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Routes;

/// <summary>Cohere, Ollama, and what Gemini and Anthropic have beside their main formats.</summary>
public sealed class NativeRouteTests
{
    [Fact]
    [Trait("Acceptance", "A44")]
    public void Cohere_meters_seven_operations_in_two_versions_and_OpenAIs_form() => Assert.Equal(
        [
            "POST /v2/chat chat Metered",
            "POST /v2/embed embeddings Metered",
            "POST /v2/rerank rerank Metered",
            "POST /v1/chat chat Metered",
            "POST /v1/embed embeddings Metered",
            "POST /v1/rerank rerank Metered",
            "POST /v1/classify classify Metered",
            "POST /v1/tokenize count_tokens Free",
            "POST /v1/detokenize count_tokens Free",
            "GET /v1/models models Free",
            "GET /v1/models/{model} models Free",
            "POST /compatibility/v1/chat/completions chat Metered",
            "POST /compatibility/v1/embeddings embeddings Metered",
            "GET /compatibility/v1/models models Free",
        ],
        Forwarded("cohere"));

    [Fact]
    [Trait("Acceptance", "A44")]
    public void Ollama_meters_its_own_format_and_those_of_others() => Assert.Equal(
        [
            "POST /api/chat chat Metered",
            "POST /api/generate completions Metered",
            "POST /api/embed embeddings Metered",
            "POST /api/embeddings embeddings Metered",
            "GET /api/tags models Free",
            "GET /api/ps models Free",
            "GET /api/version models Free",
            "POST /api/show models Free",
            "POST /v1/chat/completions chat Metered",
            "POST /v1/completions completions Metered",
            "POST /v1/responses responses Metered",
            "POST /v1/messages messages Metered",
            "POST /v1/embeddings embeddings Metered",
            "GET /v1/models models Free",
            "GET /v1/models/{model} models Free",
        ],
        Forwarded("ollama"));

    [Theory]
    [InlineData("/chat/completions", "/v1/chat/completions")]
    [InlineData("/completions", "/v1/completions")]
    [InlineData("/responses", "/v1/responses")]
    [InlineData("/embeddings", "/v1/embeddings")]
    public void Ollama_takes_OpenAIs_paths_without_the_version(string path, string upstream) =>
        Assert.Equal(upstream, Dialects.Route("ollama", path).UpstreamPath);

    [Theory]
    [InlineData("cohere", "/v2/batches", "POST", RouteTreatment.Deferred)]
    [InlineData("cohere", "/v2/batches/b:cancel", "POST", RouteTreatment.Deferred)]
    [InlineData("cohere", "/v1/embed-jobs", "POST", RouteTreatment.Deferred)]
    [InlineData("cohere", "/v1/datasets/d", "DELETE", RouteTreatment.Refused)]
    [InlineData("cohere", "/v1/connectors", "POST", RouteTreatment.Refused)]
    [InlineData("cohere", "/v1/finetuning/finetuned-models", "POST", RouteTreatment.Refused)]
    [InlineData("cohere", "/v1/generate", "POST", RouteTreatment.Refused)]
    [InlineData("ollama", "/api/pull", "POST", RouteTreatment.Refused)]
    [InlineData("ollama", "/api/delete", "DELETE", RouteTreatment.Refused)]
    [InlineData("ollama", "/api/create", "POST", RouteTreatment.Refused)]
    [InlineData("ollama", "/api/copy", "POST", RouteTreatment.Refused)]
    [InlineData("ollama", "/api/push", "POST", RouteTreatment.Refused)]
    [InlineData("gemini", "/v1beta/models/m:batchGenerateContent", "POST", RouteTreatment.Deferred)]
    [InlineData("gemini", "/v1beta/models/m:asyncBatchEmbedContent", "POST", RouteTreatment.Deferred)]
    [InlineData("gemini", "/v1beta/models/veo-3:predictLongRunning", "POST", RouteTreatment.Deferred)]
    [InlineData("gemini", "/v1beta/batches/b", "GET", RouteTreatment.Deferred)]
    [InlineData("gemini", "/v1beta/interactions/i", "GET", RouteTreatment.Deferred)]
    [InlineData("gemini", "/v1beta/interactions/i/cancel", "POST", RouteTreatment.Deferred)]
    [InlineData("gemini", "/v1beta/tunedModels", "GET", RouteTreatment.Refused)]
    [InlineData("anthropic", "/v1/messages/batches", "POST", RouteTreatment.Deferred)]
    [InlineData("anthropic", "/v1/messages/batches/b/results", "GET", RouteTreatment.Deferred)]
    [Trait("Acceptance", "T52")]
    public void What_is_billed_later_or_has_no_meter_is_not_forwarded(string kind, string path, string method, RouteTreatment treatment) =>
        Assert.Equal(treatment, Dialects.Route(kind, path, method).Route.Treatment);

    [Theory]
    [InlineData("cohere", "/v3/chat")]
    [InlineData("cohere", "/v2/published_tomorrow")]
    [InlineData("cohere", "/chat")]
    [InlineData("ollama", "/api/published_tomorrow")]
    [InlineData("ollama", "/chat")]
    [InlineData("gemini", "/v1beta/interactions/a/b/c")]
    [Trait("Acceptance", "T29")]
    public void Anything_else_is_unknown(string kind, string path) => Assert.Equal(default, Dialects.Of(kind).Match("POST", path, ""));

    [Fact]
    public void A_tuned_model_is_not_taken_for_one_that_has_its_name()
    {
        var match = Dialects.Route("gemini", "/v1beta/tunedModels/gemini-2.5-flash:generateContent");
        Assert.Equal(("tunedModels/gemini-2.5-flash", "/v1beta/tunedModels/gemini-2.5-flash:generateContent"), (match.Model, match.UpstreamPath));
    }

    [Theory]
    [InlineData("cohere", "/v2/chat", typeof(CohereProblems))]
    [InlineData("cohere", "/compatibility/v1/chat/completions", typeof(OpenAiProblems))]
    [InlineData("ollama", "/api/chat", typeof(OllamaProblems))]
    [InlineData("ollama", "/v1/chat/completions", typeof(OpenAiProblems))]
    [InlineData("ollama", "/v1/messages", typeof(AnthropicProblems))]
    [InlineData("anthropic", "/v1/chat/completions", typeof(OpenAiProblems))]
    [InlineData("anthropic", "/v1/complete", typeof(AnthropicProblems))]
    [InlineData("gemini", "/v1beta/interactions", typeof(GeminiProblems))]
    [Trait("Acceptance", "A71")]
    public void A_refusal_is_in_the_dialect_of_the_route(string kind, string path, Type shape) =>
        Assert.IsType(shape, Dialects.Of(kind).ProblemsFor(Dialects.Route(kind, path)));

    [Theory]
    [InlineData("/v1/messages", CredentialForm.XApiKey)]
    [InlineData("/v1/complete", CredentialForm.XApiKey)]
    [InlineData("/v1/chat/completions", CredentialForm.Bearer)]
    public void Anthropics_OpenAI_form_takes_the_key_as_a_bearer_token(string path, CredentialForm form) =>
        Assert.Equal(form, Dialects.Of("anthropic").CredentialFor(Dialects.Route("anthropic", path)));

    private static IEnumerable<string> Forwarded(string kind) =>
        from route in Dialects.Of(kind).Routes
        where route.Treatment is RouteTreatment.Metered or RouteTreatment.Free
        select $"{route.Method} {route.Template} {route.Operation} {route.Treatment}";
}
