using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>OpenAI's API. Source: the public OpenAPI description; moderations and token counting are documented as free.</summary>
internal static class OpenAiRoutes
{
    public static readonly RouteTable Table = new(
        Calls(new RouteList("/v1"))
            .Free("GET", "/models", Operations.Models)
            .Free("GET", "/models/{model}", Operations.Models)
            .Free("POST", "/moderations", Operations.Moderations)
            .Deferred("/responses/{id}", "/responses/{id}/cancel")
            .DeferredAreas("/batches", "/files", "/fine_tuning", "/fine-tunes", "/realtime", "/threads", "/uploads", "/videos")
            .Refused("/responses/{id}/input_items", "/chat/completions/{id}", "/chat/completions/{id}/messages")
            .Refused("/audio/voices", "/audio/voice_consents", "/audio/voice_consents/{id}")
            .RefusedAreas(
                "/assistants", "/certificates", "/chatkit", "/containers", "/conversations", "/edits", "/engines", "/evals",
                "/organization", "/projects", "/skills", "/vector_stores")
            .Routes,
        PathCharacters.ModelId);

    /// <summary>The calls that OpenAI and its Azure form have alike.</summary>
    public static RouteList Calls(RouteList list, params string[] query) => list
        .Metered("/chat/completions", Operations.Chat, query)
        .Metered("/completions", Operations.Completions, query)
        .Metered("/responses", Operations.Responses, query)
        .Metered("/responses/compact", Operations.Responses, query)
        .Metered("/embeddings", Operations.Embeddings, query)
        .Metered("/images/generations", Operations.Images, query)
        .Metered("/images/edits", Operations.Images, RequestForm.Json | RequestForm.Multipart, query)
        .Metered("/images/variations", Operations.Images, RequestForm.Multipart, query)
        .Metered("/audio/transcriptions", Operations.Transcription, RequestForm.Multipart, query)
        .Metered("/audio/translations", Operations.Translation, RequestForm.Multipart, query)
        .Metered("/audio/speech", Operations.Speech, query)
        .Free("POST", "/responses/input_tokens", Operations.CountTokens, query);
}
