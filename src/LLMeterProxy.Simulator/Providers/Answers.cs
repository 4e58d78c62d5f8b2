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

        switch (call.Route.Operation)
        {
            case SimulatedOperation.Chat when call.Route.Shape == ProviderShape.OpenRouter:
                OpenRouterChat.Write(call, writer);
                break;
            case SimulatedOperation.Chat:
                OpenAIChat.Write(call, writer);
                break;
            case SimulatedOperation.Completions:
                OpenAICompletions.Write(call, writer);
                break;
            case SimulatedOperation.Responses:
                OpenAIResponses.Write(call, writer);
                break;
            case SimulatedOperation.Embeddings:
                OpenAIEmbeddings.Write(call, writer);
                break;
            case SimulatedOperation.Messages:
                AnthropicMessages.Write(call, writer);
                break;
            case SimulatedOperation.Generate:
                GeminiContent.Write(call, writer);
                break;
            case SimulatedOperation.CountTokens:
                FreeAnswers.WriteTokenCount(call, writer);
                break;
            case SimulatedOperation.Moderations:
                FreeAnswers.WriteModeration(call, writer);
                break;
            case SimulatedOperation.Models:
                FreeAnswers.WriteModels(call.Route.Shape, writer);
                break;
            default:
                FreeAnswers.WriteModel(call.Route.Shape, JsonText.Escape(call.ModelRequested), writer);
                break;
        }

        return contentType;
    }

    /// <summary>The events of a streamed answer.</summary>
    public static AnswerStream StreamOf(SimulatedCall call, bool isEventStream, BodyWriter writer) => call.Route.Operation switch
    {
        SimulatedOperation.Chat when call.Route.Shape == ProviderShape.OpenRouter => new OpenRouterChatStream(call, writer),
        SimulatedOperation.Chat => new OpenAIChatStream(call, writer),
        SimulatedOperation.Completions => new OpenAICompletionsStream(call, writer),
        SimulatedOperation.Responses => new OpenAIResponsesStream(call, writer),
        SimulatedOperation.Messages => new AnthropicMessagesStream(call, writer),
        _ => new GeminiStream(call, writer, isArray: !isEventStream),
    };

    /// <summary>Content type of a provider's JSON.</summary>
    public static string JsonType(ProviderShape shape) => shape == ProviderShape.Gemini ? "application/json; charset=UTF-8" : "application/json";

    /// <summary>Content type of a provider's streams.</summary>
    public static string StreamType(ProviderShape shape, bool isEventStream) => shape switch
    {
        ProviderShape.Gemini => isEventStream ? "text/event-stream" : JsonType(shape),
        ProviderShape.OpenRouter => "text/event-stream",
        _ => "text/event-stream; charset=utf-8",
    };
}
