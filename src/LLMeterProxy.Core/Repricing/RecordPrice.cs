using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Repricing;

/// <summary>
/// What a record costs by a price book, from what the record itself keeps and nothing else. By the book that priced it, this
/// is the stored cost (I18).
/// </summary>
public static class RecordPrice
{
    /// <param name="record">An original, with its usage as it is known by now.</param>
    /// <exception cref="OverflowException">The cost is above int64 nano-USD.</exception>
    public static Cost Of(UsageRecord record, PriceBook book, IProviderPricing provider)
    {
        var model = ModelOf(record, book, provider);
        var cost = Pricer.Price(book, model, ReportOf(record), record.Timings.DispatchInstant(), provider.PreferProviderCost);
        return record.Flags.Contains(UsageFlags.UsageInvalid) ? HoldCharge.AtLeast(cost, record.Hold) : cost;
    }

    private static PricedModel? ModelOf(UsageRecord record, PriceBook book, IProviderPricing provider)
    {
        // The name as it was written comes first: a book may have given that name an entry of its own since.
        var asked = record.ModelRequested.Length == 0 ? null : provider.Resolve(book, record.ModelRequested) ?? provider.Resolve(book, record.Model);
        return BilledModel.Find(book, provider, record.ModelBilled, record.ModelRequested, asked);
    }

    private static UsageReport ReportOf(UsageRecord record) => new()
    {
        Usage = record.Usage,
        ServiceTier = record.ServiceTier,
        Speed = record.Speed,
        InferenceGeo = record.InferenceGeo,
        ProviderCost = record.ProviderCost,
        Extra = record.Extra,
    };
}
