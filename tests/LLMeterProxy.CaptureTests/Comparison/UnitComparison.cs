using System.Text.Json;
using LLMeterProxy.CaptureTests.Recordings;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.CaptureTests.Comparison;

/// <summary>What is billed but is not tokens: searches, images, seconds, pages.</summary>
internal static class UnitComparison
{
    // What a response alone can tell. Characters, the call itself and the like are of the request.
    private static readonly string[] _ofResponses =
    [
        UnitNames.WebSearch, UnitNames.FileSearch, UnitNames.CodeInterpreterSession, UnitNames.GroundedPrompt, UnitNames.GroundingQuery,
        UnitNames.Image, UnitNames.Second, UnitNames.Page, UnitNames.SearchUnit,
    ];

    /// <summary>The expectation names something that can be counted without tokens.</summary>
    public static bool IsCountable(Capture capture)
    {
        var other = Other(capture);
        return new[] { "images", "audio_seconds", "pages", "search_units" }.Any(name => other.Number(name) > 0);
    }

    public static IEnumerable<Difference> Of(Capture capture, JsonElement record)
    {
        if (capture.IsError)
            yield break;
        var got = Quantities(record);
        var expected = Expected(capture);
        foreach (var (unit, (least, most)) in expected)
        {
            var quantity = got.GetValueOrDefault(unit);
            if (quantity < least || quantity > most)
                yield return new Difference($"unit {unit}", least == most ? $"{most}" : $"{least} to {most}", $"{quantity}");
        }

        // An estimate may count what the response does not state.
        if (record.Text("source") is "estimated" or "partial")
            yield break;
        foreach (var unit in _ofResponses.Where(unit => !expected.ContainsKey(unit) && got.GetValueOrDefault(unit) != 0))
        {
            if (!IsSeenElsewhere(capture, unit))
                yield return new Difference($"unit {unit}", "none", $"{got[unit]}");
        }
    }

    /// <summary>By their plain names: what a unit is qualified by decides its price alone (<c>image/1024x1024/hd</c>).</summary>
    private static Dictionary<string, decimal> Quantities(JsonElement record) => record.GetProperty("usage").GetProperty("units").EnumerateArray()
        .GroupBy(unit => unit.Text("unit").Split('/')[0])
        .ToDictionary(units => units.Key, units => units.Sum(unit => unit.Number("quantity") ?? 0));

    /// <summary>The index reads usage alone; some providers say elsewhere that a tool was used, or the request does.</summary>
    private static bool IsSeenElsewhere(Capture capture, string unit)
    {
        var request = capture.RequestJson.AsSpan();
        var body = capture.Body.AsSpan();
        return unit switch
        {
            UnitNames.WebSearch => request.IndexOf("web_search_options"u8) >= 0 || request.IndexOf("search-preview"u8) >= 0
                || body.IndexOf("search-preview"u8) >= 0 || body.IndexOf("executed_tools"u8) >= 0,
            UnitNames.GroundingQuery or UnitNames.GroundedPrompt => body.IndexOf("grounding"u8) >= 0 || body.IndexOf("google_search"u8) >= 0,
            _ => false,
        };
    }

    private static JsonElement Other(Capture capture) => capture.Expected.At("other_billed_units");

    private static Dictionary<string, (decimal Least, decimal Most)> Expected(Capture capture)
    {
        var other = Other(capture);
        var units = new Dictionary<string, (decimal Least, decimal Most)>();
        AddSearches(units, other);
        if (other.At("server_tool_calls").Number("file_search_call") is { } fileSearches)
            units[UnitNames.FileSearch] = (fileSearches, fileSearches);

        // Several calls may share one container, which is what is billed.
        if (other.At("server_tool_calls").Number("code_interpreter_call") is { } interpreterCalls)
            units[UnitNames.CodeInterpreterSession] = (Math.Min(1, interpreterCalls), interpreterCalls);
        if (other.Number("images") is { } images)
            units[UnitNames.Image] = (capture.Expected.Count("output_tokens") > 0 ? 0 : images, images);
        foreach (var (name, unit) in new[]
        {
            ("audio_seconds", UnitNames.Second), ("prompt_audio_seconds", UnitNames.Second), ("pages", UnitNames.Page), ("search_units", UnitNames.SearchUnit),
        })
        {
            if (other.Number(name) is { } quantity)
                units[unit] = (quantity, quantity);
        }

        return units;
    }

    private static void AddSearches(Dictionary<string, (decimal Least, decimal Most)> units, JsonElement other)
    {
        // In the order of how exact they are: a count of billed searches, then a count of calls, of which some only open a page.
        var billed = other.Number("web_search_requests")
            ?? other.At("tool_usage", "web_search").Number("num_requests")
            ?? other.At("server_tool_use_details").Number("web_search_requests")
            ?? other.At("server_side_tool_usage_details").Number("web_search_calls");
        if (billed is { } searches)
            units[UnitNames.WebSearch] = (searches, searches);
        else if (other.At("server_tool_calls").Number("web_search_call") is { } calls)
            units[UnitNames.WebSearch] = (Math.Min(1, calls), calls);

        // Billed by query or by prompt, which the model's generation decides.
        if (other.Number("web_search_queries") is { } queries)
        {
            units[UnitNames.GroundingQuery] = (0, queries);
            units[UnitNames.GroundedPrompt] = (0, 1);
        }
    }
}
