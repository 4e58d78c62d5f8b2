namespace LLMeterProxy.Core.Pricing;

/// <summary>Which entry of a price book a call is priced by.</summary>
public static class BilledModel
{
    private const int MaxNameLength = 256;

    /// <summary>The model that answered where it has a price, else the one that was asked for (A55, T70).</summary>
    /// <param name="answered">As the response named it; null where it named none.</param>
    /// <param name="asked">As the client wrote it.</param>
    /// <param name="askedEntry">The entry of <paramref name="asked"/>; null where the book does not know it.</param>
    public static PricedModel? Find(PriceBook book, IProviderPricing provider, string? answered, string asked, PricedModel? askedEntry)
    {
        if (answered is not { Length: > 0 and <= MaxNameLength } || string.Equals(answered, asked, StringComparison.Ordinal)
            || provider.Resolve(book, answered) is not { } entry)
        {
            return askedEntry;
        }

        // Bedrock's responses name the model without the region that the profile of the request says and that is billed.
        return (entry.Geo, askedEntry?.Geo) switch
        {
            (null, { } geo) => entry.Id == askedEntry.Id ? askedEntry : entry.InGeo(geo),
            _ => entry,
        };
    }
}
