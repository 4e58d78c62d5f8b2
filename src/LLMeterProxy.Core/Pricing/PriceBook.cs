namespace LLMeterProxy.Core.Pricing;

/// <summary>All prices of one version, immutable.</summary>
public sealed class PriceBook
{
    /// <summary>Written into every record; changes with the content.</summary>
    public required string Version { get; init; }

    /// <summary>
    /// Finds the one entry for a model as a client or a response names it: aliases, dated snapshots, provider prefixes.
    /// </summary>
    /// <param name="provider">The price list: the provider's kind, or its configured list.</param>
    /// <returns>Null where the book does not know the model.</returns>
    public PricedModel? Resolve(string provider, string model) => throw new NotSupportedException();
}
