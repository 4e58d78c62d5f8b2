using System.Collections.Frozen;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Pricing;

/// <summary>A rate card laid out for lookups: one column of token rates a tier and context step.</summary>
internal sealed class RateColumns
{
    // The units of which a call can cause several, at the model's own choice.
    private static readonly string[] _toolUnits =
    [
        UnitNames.WebSearch, UnitNames.FileSearch, UnitNames.CodeInterpreterSession, UnitNames.GroundedPrompt, UnitNames.GroundingQuery,
    ];

    private readonly Tier _standard;
    private readonly Tier[] _named;
    private readonly IReadOnlyDictionary<string, decimal> _speeds;

    private readonly RateCard _card;

    public RateColumns(RateCard card)
    {
        _card = card;
        var floor = TokenRates.From(card.Rates);
        _standard = new Tier("", Stack(floor, card.ContextSteps));
        _named = [.. card.Tiers.Select(t => new Tier(t.Key, Columns(floor, card, t.Value)))];

        foreach (var unit in _toolUnits)
        {
            DearestToolCall = Math.Max(DearestToolCall, card.Rates.GetValueOrDefault(unit));
        }

        _speeds = card.SpeedMultipliers;
        HasRequestFee = card.Rates.TryGetValue(UnitNames.Request, out var fee);
        RequestFee = fee;
        DearestSpeed = Dearest(card.SpeedMultipliers.Values);
        Geos = new GeoTable(card.Geos);
        Reachable = card.Geo is null
            ? [.. card.Geos.Values.Select(g => g.Card).OfType<RateCard>()]
            : Geos.Find(card.Geo).Card is { } home ? [home] : [];
        HomeGeo = Geos.Find(card.Geo).Factor;
        DearestGeo = card.Geo is null ? Dearest(card.Geos.Values.Select(g => g.Factor)) : HomeGeo;
        DearestHours = Dearest(card.DailyWindows.Select(w => w.Multiplier));
        IsFree = card.Rates.Count > 0 && card.Rates.Values.All(r => r == 0) && AllTiers().All(t => t.Columns.All(c => c.Rates.IsFree || !c.Rates.AnyStated));
    }

    /// <summary>Nano-USD per million calls of the dearest server tool; 0 where none is priced.</summary>
    public decimal DearestToolCall { get; }

    public bool HasRequestFee { get; }

    /// <summary>Nano-USD per million calls.</summary>
    public decimal RequestFee { get; }

    /// <summary>At least 1, as are the two below: a factor that lowers the price does not lower a bound.</summary>
    public decimal DearestSpeed { get; }

    public decimal DearestGeo { get; }

    public GeoTable Geos { get; }

    /// <summary>The cards of regions that may serve a call, which a bound has to count as well.</summary>
    public RateCard[] Reachable { get; }

    /// <summary>The factor of the region that the model's name says; 1 where it says none.</summary>
    public decimal HomeGeo { get; }

    public decimal DearestHours { get; }

    public bool IsFree { get; }

    public ReadOnlySpan<Tier> Named => _named;

    /// <summary>What units that are not tokens cost; a unit without a price costs nothing here and is remarked at settlement.</summary>
    public Int128 CostOf(IReadOnlyList<UnitCount>? units)
    {
        var cost = Int128.Zero;
        for (var i = 0; i < (units?.Count ?? 0); i++)
        {
            if (units![i].Quantity > 0 && _card.TryGetRate(units[i].Unit, out var rate))
            {
                cost += ExactAmount.Of(_card.Charged(units[i]), rate);
            }
        }

        return cost;
    }

    public Tier Standard => _standard;

    /// <param name="tier">Canonical; null for standard.</param>
    /// <returns>Null where the card has no price for the tier.</returns>
    public Tier? Find(string? tier)
    {
        if (tier is null)
        {
            return _standard;
        }

        foreach (var named in _named)
        {
            if (string.Equals(named.Name, tier, StringComparison.OrdinalIgnoreCase))
            {
                return named;
            }
        }

        return null;
    }

    public decimal SpeedOf(string speed) => Math.Max(1m, _speeds.GetValueOrDefault(speed, 1m));

    private static decimal Dearest(IEnumerable<decimal> factors) => factors.Append(1m).Max();

    private static Column[] Columns(TokenRates floor, RateCard card, TierRates tier)
    {
        var factor = tier.Multiplier ?? 1m;
        var ownFloor = floor.With(factor, tier.Rates);
        if (tier.ContextSteps.Count > 0)
        {
            return Stack(ownFloor, tier.ContextSteps);
        }

        var standardSteps = Stack(floor, card.ContextSteps);
        var columns = new Column[standardSteps.Length];
        columns[0] = new Column(-1, ownFloor);
        for (var i = 1; i < columns.Length; i++)
        {
            columns[i] = standardSteps[i] with { Rates = standardSteps[i].Rates.With(factor, FrozenDictionary<string, decimal>.Empty) };
        }

        return columns;
    }

    private static Column[] Stack(TokenRates floor, IReadOnlyList<ContextStep> steps)
    {
        var columns = new Column[steps.Count + 1];
        columns[0] = new Column(-1, floor);
        for (var i = 0; i < steps.Count; i++)
        {
            columns[i + 1] = new Column(steps[i].Above, columns[i].Rates.With(1, steps[i].Rates));
        }

        return columns;
    }

    private IEnumerable<Tier> AllTiers() => _named.Prepend(_standard);

    /// <param name="Above">Tokens of total input above which the column holds; -1 for the lowest.</param>
    internal readonly record struct Column(long Above, TokenRates Rates);

    /// <param name="Columns">Ascending by context step; never empty.</param>
    internal sealed record Tier(string Name, Column[] Columns)
    {
        public TokenRates At(long totalInput)
        {
            var found = Columns[0].Rates;
            for (var i = 1; i < Columns.Length && Columns[i].Above < totalInput; i++)
            {
                found = Columns[i].Rates;
            }

            return found;
        }
    }
}
