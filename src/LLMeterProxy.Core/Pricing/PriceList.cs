using System.Collections.Frozen;

namespace LLMeterProxy.Core.Pricing;

/// <summary>The models of one provider, and the rules by which names lead to them.</summary>
public sealed record PriceList
{
    /// <summary>The provider whose list this is.</summary>
    public required string Id { get; init; }

    /// <summary>Further provider names that are priced by this list.</summary>
    public IReadOnlyList<string> AlsoFor { get; init; } = [];

    /// <summary>Beginnings that a name may have and that mean nothing (<c>models/</c>).</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    /// <summary>Ends of a name with the id that the whole name then stands for; an empty id means the name without the end.</summary>
    public IReadOnlyDictionary<string, string> Suffixes { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Beginnings after which the name is looked up in another list (OpenRouter <c>anthropic/</c>).</summary>
    public IReadOnlyDictionary<string, string> Vendors { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Beginnings that say where a call runs, with the region they stand for (Bedrock <c>us.</c>, Azure <c>eu/</c>); the rest is the model's name.</summary>
    public IReadOnlyDictionary<string, string> Geos { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Further lists in which a name is looked up that this one does not know, in this order.</summary>
    public IReadOnlyList<string> Fallbacks { get; init; } = [];

    /// <summary>The id of the model that stands for every name that nothing else knows; null where an unknown name has no price.</summary>
    public string? Default { get; init; }

    public required IReadOnlyList<PricedModel> Models { get; init; }
}
