using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>Usage collectors of Bedrock's runtime API.</summary>
internal static class BedrockCollectors
{
    internal static IUsageCollector Create(RouteMatch match, RequestFacts facts, ResponseHead head)
    {
        ResponseReader reader = match.Route.Operation == Operations.Converse
            ? new ConverseReader()
            : new InvokeReader(
                TokenHeaders.Read(head),
                head.Header("x-amzn-bedrock-service-tier"),
                head.Header("x-amzn-bedrock-performanceconfig-latency"),
                ImageUnit(facts));
        return head.ContentType?.StartsWith(EventStreamCollector.ContentType, StringComparison.OrdinalIgnoreCase) == true
            ? new EventStreamCollector(reader)
            : new ResponseCollector(reader, facts, head.ContentType);
    }

    // The response counts the images; only the request tells their size and quality.
    private static string ImageUnit(RequestFacts facts) =>
        facts.Units is [{ Unit: var unit }] && unit.StartsWith(UnitNames.Image, StringComparison.Ordinal) ? unit : UnitNames.Image;
}
