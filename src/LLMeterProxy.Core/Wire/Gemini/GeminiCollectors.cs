using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>Usage collectors of Gemini's formats: content as one object, as events or as one JSON array; interactions; predictions.</summary>
internal static class GeminiCollectors
{
    private const string TierHeader = "x-gemini-service-tier";

    internal static IUsageCollector Create(RouteMatch match, RequestFacts facts, ResponseHead head)
    {
        ResponseReader reader = match.Route.Operation switch
        {
            Operations.Interactions => new InteractionReader(head.Header(TierHeader)),
            Operations.Predict => new PredictReader(match.Model),
            _ => new GenerateContentReader(head.Header(TierHeader)),
        };
        return new ResponseCollector(reader, facts, head.ContentType);
    }
}
