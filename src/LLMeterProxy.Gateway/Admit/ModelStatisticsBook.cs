using System.Collections.Concurrent;
using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.Gateway.Admit;

/// <summary>Statistics per priced model. Models without a price share one entry, so that invented names add nothing (G45).</summary>
public sealed class ModelStatisticsBook
{
    private readonly ConcurrentDictionary<(string Provider, string Model), ModelStatistics> _models = new();
    private readonly ModelStatistics _unpriced = new();

    public ModelStatistics Of(PricedModel? model) =>
        model is null ? _unpriced : _models.GetOrAdd((model.Provider, model.Id), static _ => new ModelStatistics());
}
