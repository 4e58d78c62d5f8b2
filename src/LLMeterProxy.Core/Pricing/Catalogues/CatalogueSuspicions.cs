using LLMeterProxy.Core.Usage;
using static System.FormattableString;

namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>Tells a price that is probably a slip of the catalogue: a wrong unit, a swapped pair, a placeholder.</summary>
internal static class CatalogueSuspicions
{
    /// <summary>USD per million tokens, and for one unit: what a price file may say at most (A58).</summary>
    private const decimal MostPerMillionTokens = 1000;
    private const decimal MostPerUnit = 100;

    private const decimal Jump = 10;
    private const decimal MostOutputPerInput = 20;

    /// <param name="rates">In what the price differs from the book.</param>
    /// <returns>Null where nothing looks wrong.</returns>
    public static string? Of(CataloguePrice price, IReadOnlyList<CatalogueRateChange> rates) =>
        OutOfBounds(price) ?? Jumping(rates) ?? Contradictory(price.Standard.Rates) ?? Placeholder(price, rates);

    private static string? OutOfBounds(CataloguePrice price)
    {
        foreach (var (unit, usd) in price.Standard.Rates.Concat(price.Standard.Steps.Values.SelectMany(s => s)).Concat(price.Tiers.Values.SelectMany(t => t.Rates)))
        {
            if (usd is < 0 or > MostPerMillionTokens)
            {
                return Invariant($"{unit} at {usd:0.######} USD per million is out of bounds; a price for another number of tokens?");
            }
        }

        foreach (var (unit, usd) in price.Units)
        {
            if (usd is < 0 or > MostPerUnit)
            {
                return Invariant($"{unit} at {usd:0.######} USD is out of bounds");
            }
        }

        return null;
    }

    private static string? Jumping(IReadOnlyList<CatalogueRateChange> rates)
    {
        foreach (var rate in rates)
        {
            if (rate.From is > 0 and var from && (rate.To >= from * Jump || (rate.To > 0 && rate.To * Jump <= from)))
            {
                return Invariant($"{rate} is a jump of ten times or more");
            }
        }

        return null;
    }

    private static string? Contradictory(SortedDictionary<string, decimal> rates)
    {
        if (!rates.TryGetValue(UnitNames.InputToken, out var input) || input == 0)
        {
            return null;
        }

        if (rates.TryGetValue(UnitNames.CacheReadToken, out var read) && read > input)
        {
            return Invariant($"cached input at {read:0.######} costs more than input at {input:0.######}");
        }

        if (rates.TryGetValue(UnitNames.CacheWrite1hToken, out var longWrite) && rates.TryGetValue(UnitNames.CacheWrite5mToken, out var shortWrite) && longWrite < shortWrite)
        {
            return Invariant($"a cache write for an hour at {longWrite:0.######} costs less than one for five minutes at {shortWrite:0.######}");
        }

        if (!rates.TryGetValue(UnitNames.OutputToken, out var output) || output == 0)
        {
            return null;
        }

        return output < input ? Invariant($"output at {output:0.######} costs less than input at {input:0.######}; changed places?")
            : output > input * MostOutputPerInput ? Invariant($"output at {output:0.######} costs over {MostOutputPerInput} times input at {input:0.######}")
            : null;
    }

    private static string? Placeholder(CataloguePrice price, IReadOnlyList<CatalogueRateChange> rates) =>
        price.Standard.Rates.Count > 0 && price.Units.Count == 0 && price.Standard.Rates.Values.All(r => r == 0) && rates.Any(r => r.From is null or > 0)
            ? "every price is 0: free, or not known"
            : null;
}
