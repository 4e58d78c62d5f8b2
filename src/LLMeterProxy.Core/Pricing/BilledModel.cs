namespace LLMeterProxy.Core.Pricing;

/// <summary>Which entry of a price book a call is priced by.</summary>
public static class BilledModel
{
    private const int MaxNameLength = 256;

    /// <summary>The model that answered where it has a price, else the one that was asked for (A55, T70).</summary>
    /// <param name="answered">As the response named it; null where it named none.</param>
    /// <param name="asked">As the client wrote it.</param>
    /// <param name="askedEntry">The entry of <paramref name="asked"/>; null where the book does not know it.</param>
    public static PricedModel? Find(PriceBook book, IProviderPricing provider, string? answered, string asked, PricedModel? askedEntry) =>
        answered is { Length: > 0 and <= MaxNameLength } named && !string.Equals(named, asked, StringComparison.Ordinal)
            ? provider.Resolve(book, named) ?? askedEntry
            : askedEntry;
}
