using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Anthropic;

/// <summary>Usage collectors of the Anthropic messages format, and of its legacy completions.</summary>
internal static class AnthropicCollectors
{
    internal static IUsageCollector Create(RouteMatch match, RequestFacts facts, ResponseHead head)
    {
        ResponseReader reader = match.Route.Operation == Operations.Completions ? new CompletionReader() : new MessagesReader();
        return new ResponseCollector(reader, facts, head.ContentType);
    }
}
