using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Anthropic;

/// <summary>Usage collectors of the Anthropic messages format.</summary>
internal static class AnthropicCollectors
{
    internal static IUsageCollector Create(RouteMatch match, RequestFacts facts, ResponseHead head) =>
        new ResponseCollector(new MessagesReader(), facts, head.ContentType);
}
