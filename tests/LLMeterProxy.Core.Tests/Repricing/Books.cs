using System.Globalization;
using System.Text;
using CsCheck;
using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.Core.Tests.Repricing;

/// <summary>Small price books for the models <c>alpha</c> and <c>beta</c>: with a change of price, tiers, factors, units, and sometimes without an entry.</summary>
internal static class Books
{
    private static readonly Gen<decimal> _rate = Gen.Int[0, 30_000].Select(thousandths => thousandths / 1000m);

    private static readonly Gen<string> _model =
        from rates in Gen.Select(_rate, _rate, _rate, _rate)
        from changed in Gen.Select(_rate, _rate)
        from search in Gen.Int[0, 50]
        from factor in Gen.Int[1, 6]
        select $$$"""
            {"prices":[
              {"effectiveFrom":"2020-01-01","source":"test","read":"2026-01-01",
               "perMillionTokens":{"input_token":"{{{Text(rates.Item1)}}}","cache_read_token":"{{{Text(rates.Item2)}}}","output_token":"{{{Text(rates.Item3)}}}"},
               "perUnit":{"web_search":"{{{Text(search / 1000m)}}}"},
               "tiers":{"flex":{"multiplier":"0.5"}},"speed":{"fast":"{{{factor}}}"},"geo":{"us":"1.1"}},
              {"effectiveFrom":"2026-06-15","source":"test","read":"2026-01-01",
               "perMillionTokens":{"input_token":"{{{Text(changed.Item1)}}}","output_token":"{{{Text(changed.Item2)}}}","reasoning_token":"{{{Text(rates.Item4)}}}"}}]}
            """;

    /// <summary>A book of the list <c>list</c>.</summary>
    public static readonly Gen<PriceBook> Any =
        from alpha in _model
        from beta in _model
        from known in Gen.Select(Gen.Frequency((4, Gen.Const(true)), (1, Gen.Const(false))), Gen.Bool)
        select Read([.. known.Item1 ? [("alpha", alpha)] : Array.Empty<(string, string)>(), .. known.Item2 ? [("beta", beta)] : Array.Empty<(string, string)>()]);

    private static PriceBook Read(params (string Id, string Json)[] models)
    {
        var list = string.Join(',', models.Select(model => $"\"{model.Id}\":{model.Json}"));
        var (book, errors) = PriceBookReader.Read(Encoding.UTF8.GetBytes($$$"""{"form":1,"date":"2026-01-01","lists":{"list":{"models":{ {{{list}}} } } } }"""));
        Assert.Empty(errors);
        return book!;
    }

    private static string Text(decimal value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
