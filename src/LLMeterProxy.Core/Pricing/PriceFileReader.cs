using System.Text.Json;

namespace LLMeterProxy.Core.Pricing;

/// <summary>Reads one price file: its date and its lists. What is wrong goes to <see cref="PriceFileErrors"/>, all of it at once.</summary>
internal sealed class PriceFileReader(PriceFileErrors errors)
{
    /// <summary>The only form of the file there is.</summary>
    private const int Form = 1;

    private const int LongestName = 200;

    private readonly RateCardReader _cards = new(errors);

    public DateOnly Date { get; private set; }

    public List<PriceList> Lists { get; } = [];

    public void Read(ReadOnlyMemory<byte> json)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 });
        }
        catch (JsonException exception)
        {
            errors.Add("$", exception.Message, "write JSON (UTF-8, no comments, no name twice in an object)");
            return;
        }

        using (document)
        {
            ReadRoot(document.RootElement);
        }
    }

    private void ReadRoot(JsonElement root)
    {
        var hasForm = false;
        var hasDate = false;
        foreach (var member in errors.Members(root, "$", "$schema", "form", "date", "note", "lists"))
        {
            switch (member.Name)
            {
                case "form":
                    hasForm = errors.Count(member.Value, "form") == Form;
                    break;
                case "date":
                    Date = errors.Date(member.Value, "date");
                    hasDate = true;
                    break;
                case "lists":
                    foreach (var list in errors.Members(member.Value, "lists"))
                    {
                        Lists.Add(ReadList(list.Name, list.Value, $"lists.{list.Name}"));
                    }

                    break;
            }
        }

        if (!hasForm || !hasDate)
        {
            errors.Add("$", "", "write \"form\": 1 and \"date\": the day of this file");
        }
    }

    private PriceList ReadList(string id, JsonElement element, string key)
    {
        var list = new PriceList { Id = id, Models = [] };
        var models = new List<PricedModel>();
        foreach (var member in errors.Members(element, key, "note", "alsoFor", "prefixes", "suffixes", "vendors", "geos", "fallbacks", "default", "models"))
        {
            var at = $"{key}.{member.Name}";
            switch (member.Name)
            {
                case "alsoFor":
                    list = list with { AlsoFor = errors.Texts(member.Value, at) };
                    break;
                case "prefixes":
                    list = list with { Prefixes = errors.Texts(member.Value, at) };
                    break;
                case "suffixes":
                    list = list with { Suffixes = ReadTexts(member.Value, at, mayBeEmpty: true) };
                    break;
                case "vendors":
                    list = list with { Vendors = ReadTexts(member.Value, at, mayBeEmpty: false) };
                    break;
                case "geos":
                    list = list with { Geos = ReadTexts(member.Value, at, mayBeEmpty: false) };
                    break;
                case "fallbacks":
                    list = list with { Fallbacks = errors.Texts(member.Value, at) };
                    break;
                case "default":
                    list = list with { Default = errors.Text(member.Value, at) };
                    break;
                case "models":
                    foreach (var model in errors.Members(member.Value, at))
                    {
                        models.Add(ReadModel(id, model.Name, model.Value, $"{at}.{model.Name}"));
                    }

                    break;
            }
        }

        RefuseSharedNames(models, key);
        return list with { Models = models };
    }

    private void RefuseSharedNames(List<PricedModel> models, string key)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var model in models)
        {
            foreach (var name in model.Aliases.Prepend(model.Id))
            {
                if (name.Length > LongestName || name.Length == 0)
                {
                    errors.Add($"{key}.models.{model.Id}", name, $"a name has 1 to {LongestName} characters");
                }
                else if (!owners.TryAdd(name, model.Id))
                {
                    errors.Add($"{key}.models.{model.Id}", name, $"the name belongs to {owners[name]} already; a name leads to one model");
                }
            }
        }
    }

    private Dictionary<string, string> ReadTexts(JsonElement element, string key, bool mayBeEmpty)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in errors.Members(element, key))
        {
            if (member.Name.Length == 0)
            {
                errors.Add(key, member.Value, "write the beginning or end of the names that are meant, not an empty one");
            }

            texts[member.Name] = mayBeEmpty && member.Value.ValueKind == JsonValueKind.String
                ? member.Value.GetString()!
                : errors.Text(member.Value, $"{key}.{member.Name}");
        }

        return texts;
    }

    private PricedModel ReadModel(string provider, string id, JsonElement element, string key)
    {
        IReadOnlyList<string> aliases = [];
        long? contextWindow = null;
        long? maxOutputTokens = null;
        var cards = new List<RateCard>();
        foreach (var member in errors.Members(element, key, "note", "aliases", "contextWindow", "maxOutputTokens", "prices"))
        {
            var at = $"{key}.{member.Name}";
            switch (member.Name)
            {
                case "aliases":
                    aliases = errors.Texts(member.Value, at);
                    break;
                case "contextWindow":
                    contextWindow = errors.Count(member.Value, at);
                    break;
                case "maxOutputTokens":
                    maxOutputTokens = errors.Count(member.Value, at);
                    break;
                case "prices":
                    foreach (var (item, itemKey) in errors.Items(member.Value, at))
                    {
                        var card = _cards.Read(item, itemKey);
                        if (cards.Count > 0 && card.EffectiveFrom <= cards[^1].EffectiveFrom)
                        {
                            errors.Add($"{itemKey}.effectiveFrom", $"{card.EffectiveFrom:yyyy-MM-dd}", "order the entries by date, oldest first, each date once");
                        }

                        cards.Add(card);
                    }

                    break;
            }
        }

        if (cards.Count == 0)
        {
            errors.Add($"{key}.prices", "", "add at least one dated entry");
        }

        return new PricedModel { Id = id, Provider = provider, Aliases = aliases, Limits = new ModelLimits(contextWindow, maxOutputTokens), RateCards = cards };
    }
}
