using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Core.Tests.Wire.Routes;

/// <summary>What each kind forwards, line by line: what is not here is refused.</summary>
[Trait("Acceptance", "A44")]
public sealed class ForwardedRoutesTests
{
    [Fact]
    public void OpenAI_meters_text_images_and_sound_and_gives_counting_models_and_moderations_for_free() => Assert.Equal(
        [
            "POST /v1/chat/completions chat Metered",
            "POST /v1/completions completions Metered",
            "POST /v1/responses responses Metered",
            "POST /v1/responses/compact responses Metered",
            "POST /v1/embeddings embeddings Metered",
            "POST /v1/images/generations images Metered",
            "POST /v1/images/edits images Metered",
            "POST /v1/images/variations images Metered",
            "POST /v1/audio/transcriptions transcription Metered",
            "POST /v1/audio/translations translation Metered",
            "POST /v1/audio/speech speech Metered",
            "POST /v1/responses/input_tokens count_tokens Free",
            "GET /v1/models models Free",
            "GET /v1/models/{model} models Free",
            "POST /v1/moderations moderations Free",
        ],
        Forwarded("openai"));

    [Fact]
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
    public void OpenRouter_meters_eight_operations_and_keeps_the_shared_account_to_itself()
    {
        Assert.Equal(
            [
                "POST /api/v1/chat/completions chat Metered",
                "POST /api/v1/completions completions Metered",
                "POST /api/v1/responses responses Metered",
                "POST /api/v1/messages messages Metered",
                "POST /api/v1/embeddings embeddings Metered",
                "POST /api/v1/rerank rerank Metered",
                "POST /api/v1/audio/transcriptions transcription Metered",
                "POST /api/v1/audio/speech speech Metered",
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
    public void An_OpenAI_compatible_server_is_metered_by_the_tail_of_the_path() => Assert.Equal(
        [
            "POST /{prefix}/chat/completions chat Metered",
            "POST /{prefix}/completions completions Metered",
            "POST /{prefix}/responses responses Metered",
            "POST /{prefix}/messages messages Metered",
            "POST /{prefix}/embeddings embeddings Metered",
            "POST /{prefix}/rerank rerank Metered",
            "POST /{prefix}/images/generations images Metered",
            "POST /{prefix}/images/edits images Metered",
            "POST /{prefix}/images/variations images Metered",
            "POST /{prefix}/audio/transcriptions transcription Metered",
            "POST /{prefix}/audio/translations translation Metered",
            "POST /{prefix}/audio/speech speech Metered",
            "GET /{prefix}/models models Free",
            "GET /{prefix}/models/{model} models Free",
            "POST /{prefix}/moderations moderations Free",
            "POST /{prefix}/messages/count_tokens count_tokens Free",
        ],
        Forwarded("openai-compatible"));

    [Fact]
    public void Azure_is_metered_by_deployment_by_version_1_and_by_Foundrys_paths() => Assert.Equal(
        [
            "POST /openai/deployments/{model}/chat/completions chat Metered",
            "POST /openai/deployments/{model}/completions completions Metered",
            "POST /openai/deployments/{model}/embeddings embeddings Metered",
            "POST /openai/deployments/{model}/images/generations images Metered",
            "POST /openai/deployments/{model}/images/edits images Metered",
            "POST /openai/deployments/{model}/audio/transcriptions transcription Metered",
            "POST /openai/deployments/{model}/audio/translations translation Metered",
            "POST /openai/deployments/{model}/audio/speech speech Metered",
            "POST /openai/v1/chat/completions chat Metered",
            "POST /openai/v1/completions completions Metered",
            "POST /openai/v1/responses responses Metered",
            "POST /openai/v1/responses/compact responses Metered",
            "POST /openai/v1/embeddings embeddings Metered",
            "POST /openai/v1/images/generations images Metered",
            "POST /openai/v1/images/edits images Metered",
            "POST /openai/v1/images/variations images Metered",
            "POST /openai/v1/audio/transcriptions transcription Metered",
            "POST /openai/v1/audio/translations translation Metered",
            "POST /openai/v1/audio/speech speech Metered",
            "POST /openai/v1/responses/input_tokens count_tokens Free",
            "GET /openai/v1/models models Free",
            "GET /openai/v1/models/{model} models Free",
            "POST /openai/responses responses Metered",
            "POST /openai/responses/compact responses Metered",
            "POST /openai/responses/input_tokens count_tokens Free",
            "GET /openai/models models Free",
            "GET /openai/models/{model} models Free",
            "POST /models/chat/completions chat Metered",
            "POST /models/embeddings embeddings Metered",
            "POST /models/images/embeddings embeddings Metered",
            "GET /models/info models Free",
            "POST /anthropic/v1/messages messages Metered",
            "POST /anthropic/v1/messages/count_tokens count_tokens Free",
        ],
        Forwarded("azure-openai"));

    [Fact]
    public void Mistral_meters_moderations_too_because_it_bills_them() => Assert.Equal(
        [
            "POST /v1/chat/completions chat Metered",
            "POST /v1/fim/completions completions Metered",
            "POST /v1/agents/completions chat Metered",
            "POST /v1/embeddings embeddings Metered",
            "POST /v1/moderations moderations Metered",
            "POST /v1/chat/moderations moderations Metered",
            "POST /v1/ocr ocr Metered",
            "POST /v1/audio/transcriptions transcription Metered",
            "GET /v1/models models Free",
            "GET /v1/models/{model} models Free",
        ],
        Forwarded("mistral"));

    [Fact]
    public void DeepSeek_is_metered_with_and_without_the_version() => Assert.Equal(
        [
            "POST /chat/completions chat Metered",
            "POST /completions completions Metered",
            "POST /responses responses Metered",
            "GET /models models Free",
            "GET /models/{model} models Free",
            "POST /v1/chat/completions chat Metered",
            "POST /v1/completions completions Metered",
            "POST /v1/responses responses Metered",
            "GET /v1/models models Free",
            "GET /v1/models/{model} models Free",
            "POST /beta/chat/completions chat Metered",
            "POST /beta/completions completions Metered",
            "POST /anthropic/v1/messages messages Metered",
        ],
        Forwarded("deepseek"));

    [Fact]
    public void Groq_meters_text_and_sound() => Assert.Equal(
        [
            "POST /openai/v1/chat/completions chat Metered",
            "POST /openai/v1/responses responses Metered",
            "POST /openai/v1/embeddings embeddings Metered",
            "POST /openai/v1/audio/transcriptions transcription Metered",
            "POST /openai/v1/audio/translations translation Metered",
            "POST /openai/v1/audio/speech speech Metered",
            "GET /openai/v1/models models Free",
            "GET /openai/v1/models/{model} models Free",
        ],
        Forwarded("groq"));

    [Fact]
    public void XAi_meters_text_and_images() => Assert.Equal(
        [
            "POST /v1/chat/completions chat Metered",
            "POST /v1/completions completions Metered",
            "POST /v1/responses responses Metered",
            "POST /v1/messages messages Metered",
            "POST /v1/embeddings embeddings Metered",
            "POST /v1/images/generations images Metered",
            "POST /v1/images/edits images Metered",
            "GET /v1/models models Free",
            "GET /v1/models/{model} models Free",
            "GET /v1/language-models models Free",
            "GET /v1/language-models/{model} models Free",
            "GET /v1/embedding-models models Free",
            "GET /v1/embedding-models/{model} models Free",
            "GET /v1/image-generation-models models Free",
            "GET /v1/image-generation-models/{model} models Free",
            "POST /v1/tokenize-text count_tokens Free",
        ],
        Forwarded("xai"));

    [Fact]
    public void Perplexity_meters_search_as_an_operation_of_its_own() => Assert.Equal(
        [
            "POST /chat/completions chat Metered",
            "POST /v1/sonar chat Metered",
            "POST /v1/responses responses Metered",
            "POST /v1/agent responses Metered",
            "POST /v1/embeddings embeddings Metered",
            "POST /v1/contextualizedembeddings embeddings Metered",
            "POST /search search Metered",
            "GET /v1/models models Free",
        ],
        Forwarded("perplexity"));

    private static IEnumerable<string> Forwarded(string kind) =>
        from route in Dialects.Of(kind).Routes
        where route.Treatment is RouteTreatment.Metered or RouteTreatment.Free
        select $"{route.Method} {route.Template} {route.Operation} {route.Treatment}";
}
