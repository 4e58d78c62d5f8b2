using CsCheck;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using static LLMeterProxy.Core.Tests.Pricing.ShippedPrices;

namespace LLMeterProxy.Core.Tests.Pricing;

/// <summary>What holds for every model of the shipped book and for every usage.</summary>
public sealed class PricingPropertyTests
{
    // Pricing takes less than a microsecond, so that rare mixes of model, tier and class can all be met.
    private const int Iterations = 10_000;

    private static readonly PricedModel[] _models = [.. Book.Lists.SelectMany(l => l.Models)];

    private static readonly string?[] _regions = [null, null, "us", "eu", "apac", "us-gov-west-1", "global"];

    // A model as one name or another leads to it: the name may say a region.
    private static readonly Gen<PricedModel> _model = Gen.Select(Gen.Int[0, _models.Length - 1], Gen.Int[0, _regions.Length - 1])
        .Select((i, region) => _regions[region] is { } geo ? _models[i].InGeo(geo) : _models[i]);

    private static readonly Gen<long> _count = Gen.Frequency((2, Gen.Const(0L)), (5, Gen.Long[0, 5_000]), (2, Gen.Long[0, 1_000_000]), (1, Gen.Long[271_900, 272_100]), (1, Gen.Long[127_900, 200_100]));

    private static readonly Gen<string?> _tier = OneOf(null, "default", "flex", "priority", "ON_DEMAND_FLEX", "scale");

    private static readonly Gen<string?> _speed = OneOf(null, "standard", "fast");

    private static readonly Gen<string?> _geo = OneOf(null, "global", "us", "eu-west-1", "ap-south-1", "not_available");

    private static readonly Gen<DateTimeOffset> _instant = Gen.Long[0, (long)TimeSpan.FromDays(800).TotalSeconds]
        .Select(s => new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(s));

    private static readonly Gen<TokenUsage> _usage =
        from input in Gen.Select(_count, _count, _count, _count)
        from output in Gen.Select(_count, _count, _count, _count)
        from parts in Gen.Select(_count, _count, _count)
        select Tokens(input.Item1, input.Item2, input.Item3, input.Item4, output.Item1, output.Item2) with
        {
            AudioInputTokens = parts.Item1,
            AudioCacheReadTokens = parts.Item2,
            ImageInputTokens = parts.Item3,
            AudioOutputTokens = output.Item3,
            ImageOutputTokens = output.Item4,
        };

    private static readonly Gen<UsageReport> _report =
        from usage in _usage
        from facts in Gen.Select(_tier, _speed, _geo)
        select Report(usage, facts.Item1, facts.Item2, facts.Item3);

    [Fact]
    public void The_lines_sum_to_the_total_and_none_is_negative() =>
        Gen.Select(_model, _report, _instant).Sample((model, report, at) =>
        {
            var cost = Pricer.Price(Book, model, report, at, false);
            return cost.Total is { } total
                ? cost.Lines.Sum(l => l.Cost.Value) == total.Value && cost.Lines.All(l => l.Cost.Value >= 0 && l.Quantity > 0)
                : cost.Lines.Count == 0 && cost.Flags.Contains(UsageFlags.Unpriced);
        }, iter: Iterations);

    [Fact]
    public void A_line_is_less_than_a_nano_away_from_its_exact_amount() =>
        Gen.Select(_model, _report, _instant).Sample((model, report, at) =>
            Pricer.Price(Book, model, report, at, false).Lines.All(l => Math.Abs(l.Cost.Value - (l.Quantity * l.PriceNanoUsdPerMillion / 1_000_000m)) < 1),
            iter: Iterations);

    [Fact]
    [Trait("Acceptance", "A50")]
    public void Every_token_is_on_exactly_one_line() =>
        Gen.Select(_model, _report, _instant).Sample((model, report, at) =>
        {
            var cost = Pricer.Price(Book, model, report, at, false);
            var tokens = cost.Lines.Where(l => l.Unit.EndsWith("_token", StringComparison.Ordinal)).Sum(l => l.Quantity);
            return cost.Flags.Count > 0 || tokens == report.Usage!.InputTokens + report.Usage.OutputTokens;
        }, iter: Iterations);

    [Fact]
    public void The_total_is_the_exact_sum_rounded_half_to_even() =>
        Gen.Select(_model, _report, _instant).Sample((model, report, at) =>
        {
            var cost = Pricer.Price(Book, model, report, at, false);
            var exact = cost.Lines.Sum(l => l.Quantity * l.PriceNanoUsdPerMillion) / 1_000_000m;
            return cost.Total is null || cost.Total.Value.Value == (long)decimal.Round(exact, 0, MidpointRounding.ToEven);
        }, iter: Iterations);

    [Fact]
    public void More_tokens_never_cost_less() =>
        Gen.Select(_model, _report, _instant, Gen.Select(_count, _count)).Sample((model, report, at, more) =>
        {
            var usage = report.Usage!;
            var larger = report with
            {
                Usage = usage with
                {
                    InputTokens = usage.InputTokens + more.Item1,
                    UncachedInputTokens = usage.UncachedInputTokens + more.Item1,
                    OutputTokens = usage.OutputTokens + more.Item2,
                },
            };
            var before = Pricer.Price(Book, model, report, at, false);
            var after = Pricer.Price(Book, model, larger, at, false);

            // Priority does not stack on long context (G28), so passing that step can make it cheaper; that is the provider's rule.
            // Tokens of a model that is priced by the second have no price at all: unpriced is not cheaper.
            return before.Total is null || after.Total is null || after.Total >= before.Total || report.ServiceTier is "priority";
        }, iter: Iterations);

    [Fact]
    [Trait("Acceptance", "G4")]
    [Trait("Acceptance", "T41")]
    public void The_bound_is_never_below_the_cost_of_anything_within_it() =>
        Gen.Select(_model, _report, _instant, Gen.Select(Gen.Int[1, 8], Gen.Int[0, 5], Gen.Long[0, 11])).Sample((model, report, at, bounds) =>
        {
            var (choices, searches, slack) = bounds;
            var usage = report.Usage!;
            var card = model.At(at);
            if (card is null)
            {
                return true;
            }

            if (card.Rates.ContainsKey(UnitNames.WebSearch))
            {
                report = report with { Usage = usage with { Units = [new UnitCount(UnitNames.WebSearch, searches)] } };
            }

            // What the client asks for: the default, from which any tier may follow, or the very tier that then serves it.
            var asked = slack % 2 == 0 ? null : report.ServiceTier;
            var hold = new HoldInput
            {
                InputTokens = usage.InputTokens + slack,
                OutputTokens = ((usage.OutputTokens + choices - 1) / choices) + slack,
                Choices = choices,
                ServiceTier = asked,
                Speed = slack % 3 == 0 ? report.Speed : null,
                ToolCalls = searches,
            };
            return card.IsFree || Pricer.UpperBound(card, hold) >= (Pricer.Price(Book, model, report, at, false).Total ?? NanoUsd.Zero);
        }, iter: Iterations);

    [Fact]
    public void The_largest_output_is_the_exact_inverse_of_the_hold() =>
        Gen.Select(_model, _instant, Gen.Select(_count, Gen.Int[1, 4], Gen.Int[0, 3]), Gen.Select(_tier, Gen.Long[0, 5_000_000_000], Gen.Bool)).Sample((model, at, input, ask) =>
        {
            var (tier, room, strict) = ask;
            if (model.At(at) is not { } card)
            {
                return true;
            }

            NanoUsd Hold(long output)
            {
                var hold = new HoldInput { InputTokens = input.Item1, Choices = input.Item2, ToolCalls = input.Item3, ServiceTier = tier, OutputTokens = output };
                return strict ? Pricer.UpperBound(card, hold) : Pricer.Expected(card, hold);
            }

            var largest = Pricer.LargestOutput(
                card, new HoldInput { InputTokens = input.Item1, Choices = input.Item2, ToolCalls = input.Item3, ServiceTier = tier, OutputTokens = 0 }, new NanoUsd(room), strict);
            var fits = largest == 0 || Hold(largest).Value <= room;
            var isLargest = largest == long.MaxValue || Hold(largest + 1).Value > room;
            return fits && isLargest;
        }, iter: Iterations);

    [Fact]
    public void A_hold_for_a_priced_model_is_never_zero() =>
        Gen.Select(_model, _instant, _count).Sample((model, at, tokens) =>
        {
            if (model.At(at) is not { } card)
            {
                return true;
            }

            var hold = new HoldInput { InputTokens = tokens, OutputTokens = 0, Choices = 1 };
            return card.IsFree
                ? Pricer.UpperBound(card, hold) == NanoUsd.Zero && Pricer.Expected(card, hold) == NanoUsd.Zero
                : Pricer.UpperBound(card, hold).Value >= 1 && Pricer.Expected(card, hold).Value >= 1;
        }, iter: Iterations);

    private static Gen<string?> OneOf(params string?[] names) => Gen.Int[0, names.Length - 1].Select(i => names[i]);
}
