using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>Usage collectors of the OpenAI formats, which many providers speak.</summary>
internal static class OpenAiCollectors
{
    internal static IUsageCollector Create(RouteMatch match, RequestFacts facts, ResponseHead head)
    {
        ResponseReader reader = match.Route.Operation switch
        {
            Operations.Responses => new ResponsesReader(),
            Operations.Completions => new ChatReader(ChatReader.CompletionText),
            _ => new ChatReader(ChatReader.ChatText),
        };
        return new ResponseCollector(reader, facts, head.ContentType);
    }
}
