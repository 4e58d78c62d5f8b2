using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>
/// What Google bills for grounding, which no count of tokens has: models of the second generation by grounded prompt, later
/// ones by search query. Source: the pricing page of the Gemini API.
/// </summary>
internal static class GroundingUnits
{
    private const string Maps = "/maps";

    /// <param name="model">As the response names it; null where it does not.</param>
    /// <param name="searches">Search queries that were made.</param>
    /// <param name="maps">Queries to Google Maps that were made.</param>
    public static IReadOnlyList<UnitCount> Of(string? model, long searches, long maps)
    {
        if (searches == 0 && maps == 0)
        {
            return [];
        }

        var isByPrompt = IsByPrompt(model);
        var unit = isByPrompt ? UnitNames.GroundedPrompt : UnitNames.GroundingQuery;
        var units = new List<UnitCount>(2);
        if (searches > 0)
        {
            units.Add(new UnitCount(unit, isByPrompt ? 1 : searches));
        }

        if (maps > 0)
        {
            units.Add(new UnitCount(unit + Maps, isByPrompt ? 1 : maps));
        }

        return units;
    }

    private static bool IsByPrompt(string? model)
    {
        var name = model.AsSpan();
        name = name.StartsWith("models/") ? name["models/".Length..] : name;
        return name.StartsWith("gemini-2") || name.StartsWith("gemini-1");
    }
}
