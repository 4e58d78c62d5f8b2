using LLMeterProxy.Core.Wire.Anthropic;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>Usage collectors of the OpenAI formats, which many providers speak.</summary>
internal static class OpenAiCollectors
{
    internal static IUsageCollector Create(RouteMatch match, RequestFacts facts, ResponseHead head) =>
        Create(match, facts, head, ReaderOf(match, facts));

    internal static IUsageCollector Create(RouteMatch match, RequestFacts facts, ResponseHead head, ResponseReader reader) =>
        match.Route.Operation == Operations.Speech && !IsText(head.ContentType)
            ? new PassThroughCollector()
            : new ResponseCollector(reader, facts, head.ContentType);

    /// <summary>The reader of an operation in OpenAI's format, or in Anthropic's where a provider has that beside it.</summary>
    internal static ResponseReader ReaderOf(RouteMatch match, RequestFacts facts) => match.Route.Operation switch
    {
        Operations.Messages => new MessagesReader(),
        Operations.Responses => new ResponsesReader(),
        Operations.Images or Operations.Transcription or Operations.Translation or Operations.Speech or Operations.Rerank
            or Operations.Ocr or Operations.Search => new MediaReader(match.Route.Operation, facts),
        _ => new ChatReader(ChatReader.ChatText, facts),
    };

    // What else speech comes as (audio/mpeg, application/octet-stream) is sound, whatever its first bytes look like.
    private static bool IsText(string? contentType) =>
        contentType is null
        || contentType.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
        || contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase);
}
