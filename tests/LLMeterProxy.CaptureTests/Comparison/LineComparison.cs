using System.Text.Json;
using LLMeterProxy.CaptureTests.Recordings;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.CaptureTests.Comparison;

/// <summary>Lines: they sum to the cost, and hold every token once, those that are billed beside the totals too.</summary>
internal static class LineComparison
{
    private static readonly string[] _inputUnits =
    [
        UnitNames.InputToken, UnitNames.CacheReadToken, UnitNames.CacheWrite5mToken, UnitNames.CacheWrite1hToken,
        UnitNames.AudioInputToken, UnitNames.AudioCacheReadToken, UnitNames.ImageInputToken,
    ];

    private static readonly string[] _outputUnits =
        [UnitNames.OutputToken, UnitNames.ReasoningToken, UnitNames.AudioOutputToken, UnitNames.ImageOutputToken];

    // Their lines are not the tokens: charged at the hold, or some class has no price.
    private static readonly string[] _otherwise = [UsageFlags.UsageInconsistent, UsageFlags.UsageInvalid, UsageFlags.UnpricedDimension];

    public static IEnumerable<Difference> Of(Capture capture, JsonElement record)
    {
        var lines = record.GetProperty("lines").EnumerateArray().ToList();
        var extras = capture.Expected.At("extra_lines").EnumerateArray().ToList();
        if (lines.Count == 0)
        {
            if (extras.Count > 0)
                yield return new Difference("extra lines", $"{extras.Count}", $"no line, cost {record.Count("costNanoUsd")?.ToString() ?? "unpriced"}");
            yield break;
        }

        var sum = lines.Sum(line => line.Count("costNanoUsd") ?? 0);
        if (sum != record.Count("costNanoUsd"))
            yield return new Difference("sum of lines", $"{record.Count("costNanoUsd")}", $"{sum}");
        if (lines.Exists(line => line.Text("unit") == UnitNames.ProviderCost) || _otherwise.Any(flag => record.HasFlag(flag)))
            yield break;

        var usage = record.GetProperty("usage");
        var input = usage.Count("inputTokens") + extras.Sum(extra => extra.Count("input_tokens") ?? 0);
        var output = usage.Count("outputTokens") + extras.Sum(extra => extra.Count("output_tokens") ?? 0);
        var pricedInput = Quantity(lines, _inputUnits);

        // Audio that is priced by its seconds is not priced by its tokens too.
        var audioBySeconds = lines.Exists(line => line.Text("unit").Split('/')[0] == UnitNames.Second) ? usage.Count("audioInputTokens") : 0;
        if (pricedInput != input && pricedInput != input - audioBySeconds)
            yield return new Difference("input tokens in lines", $"{input}", $"{pricedInput}");
        if (Quantity(lines, _outputUnits) is var pricedOutput && pricedOutput != output)
            yield return new Difference("output tokens in lines", $"{output}", $"{pricedOutput}");
        foreach (var extra in extras)
        {
            if (OwnLines(extra, record, lines) is { } difference)
                yield return difference;
        }
    }

    /// <summary>Tokens of another model than the answer's stand in lines with that model's name.</summary>
    private static Difference? OwnLines(JsonElement extra, JsonElement record, List<JsonElement> lines)
    {
        var model = extra.Text("model");
        if (model.Length == 0 || IsModel(record.Text("model"), model) || IsModel(record.Text("modelBilled"), model))
            return null;
        var own = lines.FindAll(line => IsModel(line.Text("model"), model));
        var expected = (extra.Count("input_tokens") ?? 0) + (extra.Count("output_tokens") ?? 0);
        var got = Quantity(own, _inputUnits) + Quantity(own, _outputUnits);
        return got == expected ? null : new Difference($"tokens in lines of {model}", $"{expected}", $"{got}");
    }

    private static bool IsModel(string line, string model) =>
        line.Length > 0 && (line.StartsWith(model, StringComparison.Ordinal) || model.StartsWith(line, StringComparison.Ordinal));

    private static decimal Quantity(List<JsonElement> lines, string[] units) =>
        lines.Where(line => units.Contains(line.Text("unit"))).Sum(line => line.Number("quantity") ?? 0);
}
