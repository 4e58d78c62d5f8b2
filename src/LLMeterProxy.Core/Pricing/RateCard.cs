using System.Collections.Frozen;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Pricing;

/// <summary>The dated rates of one model. Immutable.</summary>
public sealed class RateCard
{
    private RateColumns? _columns;

    /// <summary>UTC. A call is priced by the card in force when its attempt was dispatched.</summary>
    public required DateTimeOffset EffectiveFrom { get; init; }

    /// <summary>
    /// Nano-USD for a million of the unit, by <see cref="UnitNames"/>, at the standard tier and the lowest context step.
    /// A unit with the rate 0 is free; a unit that is absent has no price (A57). Two absences have a meaning:
    /// cache reads without a rate are billed as input, and so are cache writes without any write rate.
    /// A rate for <see cref="UnitNames.Request"/> is a fee for each call.
    /// </summary>
    public required IReadOnlyDictionary<string, decimal> Rates { get; init; }

    /// <summary>Ascending by <see cref="ContextStep.Above"/>.</summary>
    public IReadOnlyList<ContextStep> ContextSteps { get; init; } = [];

    /// <summary>By canonical tier name: <c>batch</c>, <c>flex</c>, <c>priority</c>, …</summary>
    public IReadOnlyDictionary<string, TierRates> Tiers { get; init; } = FrozenDictionary<string, TierRates>.Empty;

    /// <summary>Token-rate factors by the speed that the response names (Anthropic <c>fast</c>).</summary>
    public IReadOnlyDictionary<string, decimal> SpeedMultipliers { get; init; } = FrozenDictionary<string, decimal>.Empty;

    /// <summary>
    /// By region, whatever names it: the model's own name (Bedrock <c>us.</c>), the response (Anthropic <c>us</c>) or the provider's configuration.
    /// <c>us-east-1</c> is also looked up as <c>us-east</c> and <c>us</c>; <c>*</c> is every region that is not listed.
    /// </summary>
    public IReadOnlyDictionary<string, GeoPrice> Geos { get; init; } = FrozenDictionary<string, GeoPrice>.Empty;

    /// <summary>The region that the model's name says, which holds whatever else is named; null where it says none.</summary>
    public string? Geo { get; init; }

    /// <summary>By unit: the least that one call is charged (seconds of audio).</summary>
    public IReadOnlyDictionary<string, decimal> Minimums { get; init; } = FrozenDictionary<string, decimal>.Empty;

    /// <summary>The first that holds at the dispatch instant applies; outside all of them the factor is 1.</summary>
    public IReadOnlyList<DailyWindow> DailyWindows { get; init; } = [];

    /// <summary>Where the facts come from; empty for cards made in code.</summary>
    public string Source { get; init; } = "";

    /// <summary>When the source was read; null for cards made in code.</summary>
    public DateOnly? ReadOn { get; init; }

    /// <summary>True where the list says that the model costs nothing, which is another thing than saying nothing (A57).</summary>
    public bool IsFree => Columns.IsFree;

    /// <summary>
    /// The rate of a unit, or of what it is a kind of: <c>image/1024x1024/hd</c>, else <c>image/1024x1024</c>, else <c>image</c>.
    /// </summary>
    /// <param name="nanoPerMillion">Nano-USD for a million of the unit.</param>
    public bool TryGetRate(string unit, out decimal nanoPerMillion)
    {
        while (!Rates.TryGetValue(unit, out nanoPerMillion))
        {
            var slash = unit.LastIndexOf('/');
            if (slash < 0)
            {
                return false;
            }

            unit = unit[..slash];
        }

        return true;
    }

    /// <summary>The quantity that a call is charged for: what it used, or the least that there is a charge for.</summary>
    internal decimal Charged(UnitCount used) => Minimums.Count == 0 ? used.Quantity : Math.Max(used.Quantity, Minimums.GetValueOrDefault(used.Unit));

    internal RateColumns Columns => _columns ??= new RateColumns(this);

    /// <summary>This card as it holds for a name that says a region.</summary>
    internal RateCard InGeo(string geo) => Copy(Rates, ContextSteps, Geos, geo);

    internal RateCard With(IReadOnlyDictionary<string, GeoPrice> geos) => Copy(Rates, ContextSteps, geos, Geo);

    /// <summary>This card with some rates, and the context steps where given, replaced.</summary>
    internal RateCard With(IReadOnlyDictionary<string, decimal> rates, IReadOnlyList<ContextStep>? steps)
    {
        var all = new Dictionary<string, decimal>(Rates, StringComparer.Ordinal);
        foreach (var (unit, rate) in rates)
        {
            all[unit] = rate;
        }

        return Copy(all, steps ?? ContextSteps, Geos, Geo);
    }

    private RateCard Copy(
        IReadOnlyDictionary<string, decimal> rates, IReadOnlyList<ContextStep> steps, IReadOnlyDictionary<string, GeoPrice> geos, string? geo) => new()
        {
            EffectiveFrom = EffectiveFrom,
            Rates = rates,
            ContextSteps = steps,
            Tiers = Tiers,
            SpeedMultipliers = SpeedMultipliers,
            Geos = geos,
            Geo = geo,
            Minimums = Minimums,
            DailyWindows = DailyWindows,
            Source = Source,
            ReadOn = ReadOn,
        };
}
