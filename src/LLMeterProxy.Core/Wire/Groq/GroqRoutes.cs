using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.Groq;

/// <summary>Groq's API; its own SDK calls the same paths, and a base URL that ends in <c>/v1</c> means them too. Source: its public API reference.</summary>
internal static class GroqRoutes
{
    public static readonly RouteTable Table = new(
        new RouteList("/openai/v1")
            .Metered("/chat/completions", Operations.Chat)
            .Metered("/responses", Operations.Responses)
            .Metered("/embeddings", Operations.Embeddings)
            .Metered("/audio/transcriptions", Operations.Transcription, RequestForm.Multipart)
            .Metered("/audio/translations", Operations.Translation, RequestForm.Multipart)
            .Metered("/audio/speech", Operations.Speech)
            .Free("GET", "/models", Operations.Models)
            .Free("GET", "/models/{model}", Operations.Models)
            .Deferred("/responses/{id}")
            .DeferredAreas("/batches", "/files", "/fine_tunings")
            .Refused("/reranking")
            .Routes,
        PathCharacters.ModelId,
        ("/v1/chat/completions", "/openai/v1/chat/completions"),
        ("/v1/responses", "/openai/v1/responses"),
        ("/v1/embeddings", "/openai/v1/embeddings"),
        ("/v1/audio/transcriptions", "/openai/v1/audio/transcriptions"),
        ("/v1/audio/translations", "/openai/v1/audio/translations"),
        ("/v1/audio/speech", "/openai/v1/audio/speech"),
        ("/v1/models", "/openai/v1/models"));
}
