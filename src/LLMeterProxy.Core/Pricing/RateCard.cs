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

    /// <summary>Token-rate factors by the inference region that the response names (Anthropic <c>us</c>).</summary>
    public IReadOnlyDictionary<string, decimal> GeoMultipliers { get; init; } = FrozenDictionary<string, decimal>.Empty;

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

    internal RateColumns Columns => _columns ??= new RateColumns(this);
}
