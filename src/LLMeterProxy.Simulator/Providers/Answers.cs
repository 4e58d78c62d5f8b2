using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>Picks who writes the answer to a call.</summary>
internal static class Answers
{
    /// <summary>Writes an answer that is not streamed and returns its content type.</summary>
    public static string WriteWhole(SimulatedCall call, BodyWriter writer)
    {
        var scenario = call.Scenario;
        var contentType = JsonType(call.Route.Shape);
        if (scenario.RawBody is { } raw)
        {
            writer.Write(raw.Span);
            return scenario.RawContentType;
        }

        if (scenario.Garbage)
        {
            writer.Write("<html><head><title>upstream</title></head><body>\0\x7f not what was expected {\"usage\": </body></html>"u8);
            return contentType;
        }

        Write(call, writer);
        return contentType;
    }

    /// <summary>The events of a streamed answer.</summary>
    public static IEnumerable<long> StreamOf(SimulatedCall call, bool isEventStream, BodyWriter writer) => (call.Route.Shape, call.Route.Operation) switch
    {
        (ProviderShape.Ollama, _) => new OllamaStream(call, writer).Events(),
        (ProviderShape.Cohere, _) => new CohereChatStream(call, writer).Events(),
        (ProviderShape.OpenRouter, SimulatedOperation.Chat) => new OpenRouterChatStream(call, writer).Events(),
        (ProviderShape.OpenAI or ProviderShape.Azure, SimulatedOperation.Chat) => new OpenAIChatStream(call, writer).Events(),
        (_, SimulatedOperation.Chat) => new CompatibleChatStream(call, writer).Events(),
        (_, SimulatedOperation.Completions) => new OpenAICompletionsStream(call, writer).Events(),
        (_, SimulatedOperation.Responses) => new OpenAIResponsesStream(call, writer).Events(),
        (_, SimulatedOperation.Messages) => new AnthropicMessagesStream(call, writer).Events(),
        (_, SimulatedOperation.ConverseStream) => new BedrockConverseStream(call, writer).Events(),
        (_, SimulatedOperation.InvokeStream) => BedrockInvokeStream.Events(call, writer),
        _ => new GeminiStream(call, writer, isArray: !isEventStream).Events(),
    };

    /// <summary>Content type of a provider's JSON.</summary>
    public static string JsonType(ProviderShape shape) => shape switch
    {
        ProviderShape.Gemini => "application/json; charset=UTF-8",
        ProviderShape.Ollama => "application/json; charset=utf-8",
        _ => "application/json",
    };

    /// <summary>Content type of a provider's streams.</summary>
    public static string StreamType(ProviderShape shape, bool isEventStream) => shape switch
    {
        ProviderShape.Gemini => isEventStream ? "text/event-stream" : JsonType(shape),
        ProviderShape.Bedrock => "application/vnd.amazon.eventstream",
        ProviderShape.Ollama => "application/x-ndjson",
        ProviderShape.OpenRouter or ProviderShape.Groq or ProviderShape.Cohere => "text/event-stream",
        _ => "text/event-stream; charset=utf-8",
    };

    private static void Write(SimulatedCall call, BodyWriter writer)
    {
        switch (call.Route.Shape, call.Route.Operation)
        {
            case (ProviderShape.Ollama, SimulatedOperation.Chat or SimulatedOperation.Completions):
                OllamaAnswers.Write(call, writer);
                break;
            case (ProviderShape.Ollama, SimulatedOperation.Embeddings):
                OllamaAnswers.WriteEmbeddings(call, writer);
                break;
            case (ProviderShape.Cohere, SimulatedOperation.Chat):
                CohereAnswers.WriteChat(call, writer);
                break;
            case (ProviderShape.Cohere, SimulatedOperation.Embeddings):
                CohereAnswers.WriteEmbeddings(call, writer);
                break;
            case (_, SimulatedOperation.Rerank):
                CohereAnswers.WriteRerank(call, writer);
                break;
            case (ProviderShape.OpenRouter, SimulatedOperation.Chat):
                OpenRouterChat.Write(call, writer);
                break;
            case (ProviderShape.OpenAI or ProviderShape.Azure, SimulatedOperation.Chat):
                OpenAIChat.Write(call, writer);
                break;
            case (_, SimulatedOperation.Chat):
                CompatibleChat.Write(call, writer);
                break;
            case (_, SimulatedOperation.Completions):
                OpenAICompletions.Write(call, writer);
                break;
            case (_, SimulatedOperation.Responses):
                OpenAIResponses.Write(call, writer);
                break;
            case (_, SimulatedOperation.Embeddings):
                OpenAIEmbeddings.Write(call, writer);
                break;
            case (_, SimulatedOperation.Messages or SimulatedOperation.Invoke):
                AnthropicMessages.Write(call, writer);
                break;
            case (_, SimulatedOperation.Converse):
                BedrockConverse.Write(call, writer);
                break;
            case (_, SimulatedOperation.Generate):
                GeminiContent.Write(call, writer);
                break;
            case (_, SimulatedOperation.CountTokens):
                FreeAnswers.WriteTokenCount(call, writer);
                break;
            case (_, SimulatedOperation.Moderations):
                FreeAnswers.WriteModeration(call, writer);
                break;
            case (_, SimulatedOperation.Models):
                FreeAnswers.WriteModels(call.Route.Shape, writer);
                break;
            default:
                FreeAnswers.WriteModel(call.Route.Shape, JsonText.Escape(call.ModelRequested), writer);
                break;
        }
    }
}
