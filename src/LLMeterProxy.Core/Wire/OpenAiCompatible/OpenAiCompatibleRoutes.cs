using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.OpenAiCompatible;

/// <summary>
/// Any server that speaks OpenAI's format, at whatever path it does: the tail names the operation. Many of them have Anthropic's
/// messages beside it (Moonshot, Z.ai, vLLM, llama.cpp).
/// </summary>
internal static class OpenAiCompatibleRoutes
{
    private const string Version = "api-version";

    public static readonly RouteTable Table = new(
        new RouteList("/{prefix}")
            .Metered("/chat/completions", Operations.Chat, Version)
            .Metered("/completions", Operations.Completions, Version)
            .Metered("/responses", Operations.Responses, Version)
            .Metered("/messages", Operations.Messages, "beta")
            .Metered("/embeddings", Operations.Embeddings, Version)
            .Metered("/rerank", Operations.Rerank, Version)
            .Metered("/images/generations", Operations.Images, Version)
            .Metered("/images/edits", Operations.Images, RequestForm.Json | RequestForm.Multipart, Version)
            .Metered("/images/variations", Operations.Images, RequestForm.Json | RequestForm.Multipart, Version)
            .Metered("/audio/transcriptions", Operations.Transcription, RequestForm.Json | RequestForm.Multipart, Version)
            .Metered("/audio/translations", Operations.Translation, RequestForm.Json | RequestForm.Multipart, Version)
            .Metered("/audio/speech", Operations.Speech, Version)
            .Free("GET", "/models", Operations.Models, Version)
            .Free("GET", "/models/{model}", Operations.Models, Version)
            .Free("POST", "/moderations", Operations.Moderations, Version)
            .Free("POST", "/messages/count_tokens", Operations.CountTokens, "beta")
            .Deferred("/batches", "/files", "/realtime", "/videos", "/responses/{id}")
            .Routes,
        PathCharacters.ModelId);
}
