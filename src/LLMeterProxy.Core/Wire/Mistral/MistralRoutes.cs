using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.Mistral;

/// <summary>Mistral's API. Source: its public OpenAPI description.</summary>
internal static class MistralRoutes
{
    public static readonly RouteTable Table = new(
        new RouteList("/v1")
            .Metered("/chat/completions", Operations.Chat)
            .Metered("/fim/completions", Operations.Completions)
            .Metered("/agents/completions", Operations.Chat)
            .Metered("/embeddings", Operations.Embeddings)
            .Metered("/moderations", Operations.Moderations)
            .Metered("/chat/moderations", Operations.Moderations)
            .Metered("/ocr", Operations.Ocr)
            .Metered("/audio/transcriptions", Operations.Transcription, RequestForm.Json | RequestForm.Multipart)
            .Free("GET", "/models", Operations.Models)
            .Free("GET", "/models/{model}", Operations.Models)
            .DeferredAreas("/batch", "/files", "/fine_tuning")
            .Refused("/audio/speech", "/audio/voices", "/audio/voices/{id}", "/classifications", "/chat/classifications", "/agents", "/agents/{id}", "/agents/{id}/version")
            .RefusedAreas("/conversations", "/libraries", "/observability", "/workflows")
            .Routes,
        PathCharacters.ModelId);
}
