using System.Text.Json;

namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>Reads the data of Pydantic's genai-prices: an array of providers, bare or under <c>providers</c>.</summary>
internal sealed class GenAiPricesReader
{
    private const string Regional = "regional.";
    private const string Global = "global.";

    private readonly List<CatalogueRemark> _leftOut = [];
    private readonly Dictionary<(string List, string Id), CatalogueModel> _models = [];

    public static JsonElement? ProvidersOf(JsonElement root)
    {
        var providers = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("providers", out var inner) ? inner : root;
        return providers.ValueKind == JsonValueKind.Array
            && providers.GetArrayLength() > 0
            && providers.EnumerateArray().All(p => p.ValueKind == JsonValueKind.Object && p.TryGetProperty("models", out var models) && models.ValueKind == JsonValueKind.Array)
            ? providers
            : null;
    }

    public Catalogue Read(string name, JsonElement providers)
    {
        foreach (var provider in providers.EnumerateArray())
        {
            var id = Text(provider, "id") ?? "";
            foreach (var model in provider.GetProperty("models").EnumerateArray())
            {
                Add(id, model);
            }
        }

        return new Catalogue(name, CatalogueNames.Fold(_models.Values), _leftOut);
    }

    private void Add(string provider, JsonElement entry)
    {
        if (Text(entry, "id") is not { Length: > 0 } id || !entry.TryGetProperty("prices", out var prices))
        {
            _leftOut.Add(new CatalogueRemark(provider, "a model without id or prices"));
            return;
        }

        var (list, ownId, isRegional) = NameOf(provider, id);
        var remarks = new List<string>();
        var read = GenAiPrices.Read(prices, remarks);
        if (read.Count == 0)
        {
            _leftOut.Add(new CatalogueRemark($"{provider}/{id}", "states no price"));
            return;
        }

        if (_models.TryGetValue((list, ownId), out var known))
        {
            AddVariant(known, read, isRegional);
            return;
        }

        var model = new CatalogueModel { List = list, Id = ownId, ContextWindow = entry.TryGetProperty("context_window", out var window) ? CatalogueNumbers.Count(window) : null };
        if (!isRegional && entry.TryGetProperty("match", out var match))
        {
            AddAliases(model, match);
        }

        model.Prices.AddRange(read);
        model.Remarks.AddRange(remarks);
        _models[(list, ownId)] = model;
    }

    /// <summary>Bedrock's models stand there twice: as sold through one region's profiles, and as sold everywhere.</summary>
    private static void AddVariant(CatalogueModel known, List<CataloguePrice> read, bool isRegional)
    {
        var (global, regional) = isRegional ? (known.Prices, read) : (read, known.Prices);
        if (global.Count != regional.Count)
        {
            known.Remarks.Add("the prices of its regions have other dates; left out");
            return;
        }

        for (var i = 0; i < global.Count; i++)
        {
            if (CatalogueColumn.Factor(regional[i].Standard.Rates, global[i].Standard.Rates) is { } factor and not 1m)
            {
                (global[i].Geos["global"], global[i].Geos["*"]) = (1m, factor);
            }
        }

        if (!isRegional)
        {
            known.Prices.Clear();
            known.Prices.AddRange(read);
        }
    }

    private static (string List, string Id, bool IsRegional) NameOf(string provider, string id)
    {
        switch (provider)
        {
            case "aws":
                var isRegional = id.StartsWith(Regional, StringComparison.Ordinal);
                var bare = isRegional ? id[Regional.Length..] : id.StartsWith(Global, StringComparison.Ordinal) ? id[Global.Length..] : id;
                return ("bedrock", LiteLlmName.BedrockId(bare), isRegional);
            case "google":
                return (id.StartsWith("claude", StringComparison.Ordinal) ? "vertex" : "gemini", id, false);
            default:
                return (
                    provider switch
                    {
                        "azure" => "azure-openai",
                        "x-ai" => "xai",
                        "moonshotai" => "moonshot",
                        "voyageai" => "voyage",
                        "fireworks" => "fireworks",
                        _ => provider.Replace('_', '-'),
                    },
                    id,
                    false);
        }
    }

    private static void AddAliases(CatalogueModel model, JsonElement match)
    {
        if (match.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (match.TryGetProperty("equals", out var exact) && exact.GetString() is { Length: > 0 } name && name != model.Id)
        {
            model.Aliases.Add(name);
        }

        if (match.TryGetProperty("or", out var any) && any.ValueKind == JsonValueKind.Array)
        {
            foreach (var alternative in any.EnumerateArray())
            {
                AddAliases(model, alternative);
            }
        }
    }

    private static string? Text(JsonElement element, string member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
