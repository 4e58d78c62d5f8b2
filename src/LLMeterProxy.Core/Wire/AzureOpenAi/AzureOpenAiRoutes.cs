using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Routes;

namespace LLMeterProxy.Core.Wire.AzureOpenAi;

/// <summary>
/// Azure OpenAI and Foundry: the deployment in the path, or OpenAI's own paths under <c>/openai/v1</c> with the deployment as the
/// body's model, or Foundry's <c>/models</c> and its Anthropic form. Source: Azure's public REST reference.
/// </summary>
internal static class AzureOpenAiRoutes
{
    /// <summary>Begins every path whose segment behind it names the deployment.</summary>
    public const string Deployments = "/openai/deployments/";

    /// <summary>Begins the paths of the API that has no version in its query.</summary>
    public const string V1 = "/openai/v1/";

    /// <summary>Begins the paths of Foundry's own inference API.</summary>
    public const string Foundry = "/models/";

    private const string Version = "api-version";

    public static readonly RouteTable Table = new(
        [
            .. new RouteList(Deployments + "{model}")
                .Metered("/chat/completions", Operations.Chat, Version)
                .Metered("/completions", Operations.Completions, Version)
                .Metered("/embeddings", Operations.Embeddings, Version)
                .Metered("/images/generations", Operations.Images, Version)
                .Metered("/images/edits", Operations.Images, RequestForm.Json | RequestForm.Multipart, Version)
                .Metered("/audio/transcriptions", Operations.Transcription, RequestForm.Multipart, Version)
                .Metered("/audio/translations", Operations.Translation, RequestForm.Multipart, Version)
                .Metered("/audio/speech", Operations.Speech, Version)
                .Refused("/extensions/chat/completions")
                .Routes,
            .. OpenAiRoutes.Calls(new RouteList("/openai/v1"), Version)
                .Free("GET", "/models", Operations.Models, Version)
                .Free("GET", "/models/{model}", Operations.Models, Version)
                .Deferred("/responses/{id}", "/responses/{id}/cancel")
                .DeferredAreas("/batches", "/files", "/fine_tuning", "/realtime", "/uploads", "/video", "/videos")
                .Refused("/responses/{id}/input_items")
                .RefusedAreas("/containers", "/conversations", "/evals", "/vector_stores")
                .Routes,
            .. new RouteList("/openai")
                .Metered("/responses", Operations.Responses, Version)
                .Metered("/responses/compact", Operations.Responses, Version)
                .Free("POST", "/responses/input_tokens", Operations.CountTokens, Version)
                .Free("GET", "/models", Operations.Models, Version)
                .Free("GET", "/models/{model}", Operations.Models, Version)
                .Deferred("/responses/{id}", "/responses/{id}/cancel")
                .DeferredAreas("/batches", "/files", "/fine_tuning", "/realtime", "/threads", "/uploads")
                .RefusedAreas("/assistants", "/evals", "/vector_stores")
                .Routes,
            .. new RouteList("/models")
                .Metered("/chat/completions", Operations.Chat, Version)
                .Metered("/embeddings", Operations.Embeddings, Version)
                .Metered("/images/embeddings", Operations.Embeddings, Version)
                .Free("GET", "/info", Operations.Models, Version)
                .Routes,
            .. new RouteList("/anthropic/v1")
                .Metered("/messages", Operations.Messages, "beta")
                .Free("POST", "/messages/count_tokens", Operations.CountTokens, "beta")
                .Routes,
        ],
        PathCharacters.ModelId,
        ("/anthropic/messages", "/anthropic/v1/messages"));
}
