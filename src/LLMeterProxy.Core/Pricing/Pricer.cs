using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Pricing;

/// <summary>Turns usage into money. Pure: (price version, usage) alone decide, so that re-pricing gives the stored amount (I18).</summary>
public static class Pricer
{
    // Every combination of remarks, so that a call allocates none; the index is the sum of the bits below.
    private const int Dimension = 1;
    private const int Tier = 2;

    private static readonly string[][] _remarks =
    [
        [],
        [UsageFlags.UnpricedDimension],
        [UsageFlags.TierUnpriced],
        [UsageFlags.UnpricedDimension, UsageFlags.TierUnpriced],
    ];

    private const string QualifiedRequest = UnitNames.Request + "/";

    private static readonly Cost _unpriced = new(null, [], [UsageFlags.Unpriced]);

    [ThreadStatic]
    private static CostSheet? _sheet;

    /// <summary>
    /// Prices a report by the model that answered. <paramref name="preferProviderCost"/> takes the provider's own figure
    /// where it states one; a stated 0 for a call that used something counts only where the list says that the model is free (G33).
    /// </summary>
    /// <param name="model">The entry of the model that answered; null where the book does not know it.</param>
    /// <returns>
    /// Total null and flag <c>unpriced</c> where no price is known for anything that was used. Where only some of it has
    /// no price, the rest is priced and the flag is <c>unpriced_dimension</c>.
    /// </returns>
    /// <exception cref="OverflowException">The cost is above int64 nano-USD: token counts that no provider can mean.</exception>
    public static Cost Price(PriceBook book, PricedModel? model, UsageReport report, DateTimeOffset dispatchedAt, bool preferProviderCost)
    {
        var card = CardFor(model, report, dispatchedAt);
        if (preferProviderCost && report.ProviderCost is { } stated && IsCredible(stated, card, report))
        {
            return new Cost(stated, [new CostLine(UnitNames.ProviderCost, 1, stated.Value * 1_000_000m, stated)], []);
        }

        if (model is null || card is null || report.Usage is null)
        {
            return _unpriced;
        }

        var sheet = _sheet ??= new CostSheet();
        try
        {
            var tier = ServiceTiers.Canonical(report.ServiceTier);
            // Where the totals are the sum of other models' usage, those are priced and only the units are left of the totals.
            var priced = HasParts(report.Extra) ? TokenUsage.None with { Units = report.Usage.Units } : report.Usage;
            var remarks = Add(sheet, card, priced, tier, Factor(card, report, dispatchedAt, withSpeed: true), lineModel: null);
            AddRequestFee(sheet, card.Columns, report.Usage);
            remarks |= SpeedRemark(card, report.Speed);
            foreach (var extra in report.Extra)
            {
                remarks |= AddExtra(sheet, book, model, card, extra, report, tier, dispatchedAt);
            }

            if (sheet.IsEmpty && (remarks & Dimension) != 0)
            {
                return _unpriced;
            }

            var (total, lines) = sheet.Settle();
            return new Cost(total, lines, _remarks[remarks]);
        }
        finally
        {
            sheet.Clear();
        }
    }

    /// <summary>
    /// A true upper bound: the dearest input class, the highest tier and context step that the request can reach (G4, T41).
    /// Rounded up, at least 1 nano-USD, 0 only for a model that the list calls free.
    /// </summary>
    /// <remarks>
    /// A request that names no tier can be served at any but batch: a provider's project setting may raise it.
    /// Speed, region and hours count at their dearest unless <see cref="HoldInput.Speed"/> says otherwise.
    /// Above a billion USD the figure no longer grows.
    /// </remarks>
    public static NanoUsd UpperBound(RateCard rates, in HoldInput input)
    {
        var most = HoldCost.UpperBound(rates.Columns, input);
        foreach (var card in rates.Columns.Reachable)
        {
            var bound = HoldCost.UpperBound(card.Columns, input);
            most = bound > most ? bound : most;
        }

        return most;
    }

    /// <summary>The expected cost at the asked-for tier, input uncached. Rounded up, at least 1 nano-USD, 0 only for a model that the list calls free.</summary>
    public static NanoUsd Expected(RateCard rates, in HoldInput input) =>
        HoldCost.Expected((rates.Columns.Geos.Find(rates.Geo).Card ?? rates).Columns, input);

    /// <summary>
    /// The largest output per choice whose hold is at most <paramref name="room"/>; 0 where even one token does not fit,
    /// <see cref="long.MaxValue"/> where output costs nothing. For E-TOOBIG$, E-CAP and clamping.
    /// <see cref="HoldInput.OutputTokens"/> is not looked at.
    /// </summary>
    public static long LargestOutput(RateCard rates, in HoldInput input, NanoUsd room, bool strict)
    {
        var least = HoldCost.LargestOutput(rates.Columns, input, room, strict);
        if (strict)
        {
            foreach (var card in rates.Columns.Reachable)
            {
                least = Math.Min(least, HoldCost.LargestOutput(card.Columns, input, room, strict));
            }
        }

        return least;
    }

    private static RateCard? CardFor(PricedModel? model, UsageReport report, DateTimeOffset dispatchedAt) =>
        model?.At(dispatchedAt) is { } card ? card.Columns.Geos.Find(card.Geo ?? report.InferenceGeo).Card ?? card : null;

    private static bool IsCredible(NanoUsd stated, RateCard? card, UsageReport report) =>
        stated > NanoUsd.Zero || (stated == NanoUsd.Zero && (card is { IsFree: true } || UsedNothing(report)));

    private static bool UsedNothing(UsageReport report)
    {
        if (report.Usage is not { InputTokens: 0, UncachedInputTokens: 0, CacheReadTokens: 0, CacheWrite5mTokens: 0, CacheWrite1hTokens: 0, OutputTokens: 0 } usage)
        {
            return false;
        }

        foreach (var unit in usage.Units)
        {
            if (unit.Quantity > 0)
            {
                return false;
            }
        }

        return report.Extra.Count == 0;
    }

    private static bool HasParts(IReadOnlyList<ExtraUsage> extra)
    {
        for (var i = 0; i < extra.Count; i++)
        {
            if (extra[i].IsPart)
            {
                return true;
            }
        }

        return false;
    }

    private static decimal Factor(RateCard card, UsageReport report, DateTimeOffset dispatchedAt, bool withSpeed)
    {
        var factor = 1m;
        if (withSpeed && report.Speed is { } speed && card.SpeedMultipliers.TryGetValue(speed, out var bySpeed))
        {
            factor *= bySpeed;
        }

        factor *= card.Columns.Geos.Find(card.Geo ?? report.InferenceGeo).Factor;

        for (var i = 0; i < card.DailyWindows.Count; i++)
        {
            if (card.DailyWindows[i].Holds(dispatchedAt))
            {
                return factor * card.DailyWindows[i].Multiplier;
            }
        }

        return factor;
    }

    private static int SpeedRemark(RateCard card, string? speed) =>
        ServiceTiers.Canonical(speed) is null || card.SpeedMultipliers.ContainsKey(speed!) ? 0 : Tier;

    private static int AddExtra(
        CostSheet sheet, PriceBook book, PricedModel model, RateCard card, ExtraUsage extra, UsageReport report, string? tier, DateTimeOffset dispatchedAt)
    {
        if (extra.Model is null)
        {
            return Add(sheet, card, extra.Usage, tier, Factor(card, report, dispatchedAt, withSpeed: true), lineModel: null);
        }

        var other = book.Resolve(model.Provider, extra.Model);
        if (other is null || CardFor(other, report, dispatchedAt) is not { } otherCard)
        {
            return Dimension;
        }

        // The speed that a response names is that of its own model.
        var withSpeed = ReferenceEquals(other, model);
        return Add(sheet, otherCard, extra.Usage, tier, Factor(otherCard, report, dispatchedAt, withSpeed), withSpeed ? null : other.Id);
    }

    private static void AddRequestFee(CostSheet sheet, RateColumns columns, TokenUsage usage)
    {
        if (!columns.HasRequestFee)
        {
            return;
        }

        foreach (var unit in usage.Units)
        {
            if (unit.Unit == UnitNames.Request || unit.Unit.StartsWith(QualifiedRequest, StringComparison.Ordinal))
            {
                return;
            }
        }

        sheet.Add(UnitNames.Request, 1, columns.RequestFee, ExactAmount.Of(1, columns.RequestFee), model: null);
    }

    private static int Add(CostSheet sheet, RateCard card, TokenUsage usage, string? tier, decimal factor, string? lineModel)
    {
        var remarks = 0;
        var served = card.Columns.Find(tier);
        if (served is null)
        {
            served = card.Columns.Standard;
            remarks = Tier;
        }

        var column = served.At(TokenClasses.TotalInput(usage));
        Span<long> counts = stackalloc long[TokenUnits.Count];
        TokenClasses.Split(usage, column, counts);
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
            {
                remarks |= AddTokens(sheet, column, i, counts[i], factor, lineModel);
            }
        }

        foreach (var unit in usage.Units)
        {
            if (unit.Quantity <= 0)
            {
                continue;
            }

            if (card.TryGetRate(unit.Unit, out var rate))
            {
                var quantity = card.Charged(unit);
                sheet.Add(unit.Unit, quantity, rate, ExactAmount.Of(quantity, rate), lineModel);
            }
            else
            {
                remarks |= Dimension;
            }
        }

        return remarks;
    }

    private static int AddTokens(CostSheet sheet, TokenRates column, int unit, long count, decimal factor, string? lineModel)
    {
        var (priced, remark) = RateOf(column, unit);
        if (priced < 0)
        {
            return Dimension;
        }

        var rate = column.NanoPerMillion(priced);
        var exact = column.Exact(priced);
        if (factor != 1m)
        {
            rate *= factor;
            exact = ExactAmount.PerUnit(rate);
        }

        sheet.Add(TokenUnits.NameOf(unit), count, rate, checked(exact * count), lineModel);
        return remark;
    }

    /// <summary>The position of the rate that a class is billed at; -1 where it has no price.</summary>
    private static (int Position, int Remark) RateOf(TokenRates column, int unit)
    {
        if (column.IsStated(unit))
        {
            return (unit, 0);
        }

        var plainInput = column.IsStated(TokenUnits.Input) ? TokenUnits.Input : -1;
        return unit switch
        {
            TokenUnits.CacheRead => (plainInput, 0),
            TokenUnits.CacheWrite5m => (plainInput, column.IsStated(TokenUnits.CacheWrite1h) ? Dimension : 0),
            TokenUnits.CacheWrite1h when column.IsStated(TokenUnits.CacheWrite5m) => (TokenUnits.CacheWrite5m, Dimension),
            TokenUnits.CacheWrite1h => (plainInput, 0),
            // What a model makes that has a price for nothing else: images, or sound.
            TokenUnits.Output when column.IsStated(TokenUnits.ImageOutput) != column.IsStated(TokenUnits.AudioOutput) =>
                (column.IsStated(TokenUnits.ImageOutput) ? TokenUnits.ImageOutput : TokenUnits.AudioOutput, 0),
            _ => (-1, Dimension),
        };
    }
}
