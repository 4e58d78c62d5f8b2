using System.Text.Json;

namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>Reads LiteLLM's <c>model_prices_and_context_window.json</c>.</summary>
internal sealed class LiteLlmReader
{
    private const string Provider = "litellm_provider";
    private const string Sample = "sample_spec";

    private readonly List<CatalogueRemark> _leftOut = [];
    private readonly Dictionary<(string List, string Id), CatalogueModel> _models = [];
    private readonly List<(LiteLlmName Name, CataloguePrice Price)> _regional = [];

    /// <summary>True for an object of entries that name their provider in LiteLLM's way.</summary>
    public static bool Knows(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && root.EnumerateObject().Any(e => e.Name != Sample && e.Value.ValueKind == JsonValueKind.Object && e.Value.TryGetProperty(Provider, out _));

    public Catalogue Read(string name, JsonElement root)
    {
        foreach (var entry in root.EnumerateObject())
        {
            if (entry.Name != Sample)
            {
                Add(entry.Name, entry.Value);
            }
        }

        RegionalPrices.Fold(_models, _regional);
        return new Catalogue(name, CatalogueNames.Fold(_models.Values), _leftOut);
    }

    private void Add(string key, JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty(Provider, out var provider) || provider.GetString() is not { Length: > 0 } providerName)
        {
            LeaveOut(key, "names no provider");
            return;
        }

        if (key.Contains("-month-commitment", StringComparison.Ordinal))
        {
            LeaveOut(key, "reserved capacity is not billed by call");
            return;
        }

        var name = LiteLlmName.Of(key, providerName);
        var remarks = new List<string>();
        var mode = entry.TryGetProperty("mode", out var text) ? text.GetString() ?? "" : "";
        var price = new LiteLlmPrices(name, mode, remarks).Read(entry);
        if (price.IsEmpty)
        {
            LeaveOut(key, remarks.Count > 0 ? string.Join("; ", remarks) : "states no price");
            return;
        }

        if (name.Geo is not null)
        {
            _regional.Add((name, price));
            return;
        }

        if (_models.TryGetValue((name.List, name.Id), out var known))
        {
            Merge(known, name, price);
            return;
        }

        var model = new CatalogueModel { List = name.List, Id = name.Id };
        model.ContextWindow = Count(entry, "max_input_tokens") ?? Count(entry, "max_tokens");
        model.MaxOutputTokens = Count(entry, "max_output_tokens");
        model.Prices.Add(price);
        model.Remarks.AddRange(remarks);
        _models[(name.List, name.Id)] = model;
    }

    private static void Merge(CatalogueModel known, LiteLlmName name, CataloguePrice price)
    {
        var first = known.Prices[0];
        if (name.Image is not null)
        {
            if (first.Standard.Rates.Count > 0)
            {
                known.Remarks.Add($"the price of an image of {name.Image} left out: the model is priced by tokens");
                return;
            }

            foreach (var (unit, usd) in price.Units)
            {
                first.Units[unit] = usd;
            }
        }
        else if (!first.Standard.IsSameAs(price.Standard))
        {
            known.Remarks.Add("listed twice with different prices; the first was taken");
        }
    }

    private static long? Count(JsonElement entry, string field) => entry.TryGetProperty(field, out var value) ? CatalogueNumbers.Count(value) : null;

    private void LeaveOut(string key, string why) => _leftOut.Add(new CatalogueRemark(key, why));
}
