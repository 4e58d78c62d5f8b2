namespace LLMeterProxy.Core.Pricing;

/// <summary>A model of the price book under its one canonical id, which policy, price, budget and metrics share (T40).</summary>
public sealed class PricedModel
{
    public required string Id { get; init; }

    /// <summary>The provider whose list this is (<c>openai</c>, <c>anthropic</c>, <c>gemini</c>, …).</summary>
    public required string Provider { get; init; }

    /// <summary>Other names that clients and responses use; dated snapshots of a name need no entry.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    public ModelLimits Limits { get; init; } = ModelLimits.Unknown;

    /// <summary>Oldest first; each holds from its own date to the next one's.</summary>
    public required IReadOnlyList<RateCard> RateCards { get; init; }

    /// <summary>The region that the name in use says (Bedrock <c>eu.</c>); null where it says none. The id is the same in all of them.</summary>
    public string? Geo => RateCards[^1].Geo;

    /// <summary>The rates in force at the attempt's dispatch; null before the first dated entry.</summary>
    public RateCard? At(DateTimeOffset dispatchedAt)
    {
        for (var i = RateCards.Count - 1; i >= 0; i--)
        {
            if (RateCards[i].EffectiveFrom <= dispatchedAt)
            {
                return RateCards[i];
            }
        }

        return null;
    }

    internal PricedModel InGeo(string geo) =>
        new() { Id = Id, Provider = Provider, Aliases = Aliases, Limits = Limits, RateCards = [.. RateCards.Select(c => c.InGeo(geo))] };

    /// <summary>This model without the aliases that another one claims.</summary>
    internal PricedModel Without(IReadOnlySet<string> claimed) => Aliases.Any(claimed.Contains)
        ? new PricedModel { Id = Id, Provider = Provider, Aliases = [.. Aliases.Where(a => !claimed.Contains(a))], Limits = Limits, RateCards = RateCards }
        : this;
}
