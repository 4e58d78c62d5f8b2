using System.Text.Json;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Pricing;

/// <summary>Reads one dated entry of a price file into a rate card.</summary>
internal sealed class RateCardReader(PriceFileErrors errors)
{
    /// <summary>USD per million tokens; a price per million typed into the wrong place is off by far more than this (A58).</summary>
    private const decimal MostPerMillionTokens = 1000;

    /// <summary>USD for one image, search, second, …</summary>
    private const decimal MostPerUnit = 100;

    private const int RatePlaces = 9;

    /// <summary>Three factors of two places on a rate of nine keep every amount a whole number of <see cref="ExactAmount"/> parts.</summary>
    private const int FactorPlaces = 2;

    private const decimal MostFactor = 100;

    private const decimal MostMinimum = 10_000;

    public RateCard Read(JsonElement entry, string key)
    {
        DateOnly from = default;
        DateOnly read = default;
        var source = "";
        var rates = new Dictionary<string, decimal>(StringComparer.Ordinal);
        IReadOnlyList<ContextStep> steps = [];
        var tiers = new Dictionary<string, TierRates>(StringComparer.OrdinalIgnoreCase);
        IReadOnlyDictionary<string, decimal> speed = new Dictionary<string, decimal>();
        JsonProperty? geos = null;
        var minimums = new Dictionary<string, decimal>(StringComparer.Ordinal);
        IReadOnlyList<DailyWindow> hours = [];
        var found = new HashSet<string>(StringComparer.Ordinal);

        foreach (var member in errors.Members(
            entry, key, "effectiveFrom", "source", "read", "note", "perMillionTokens", "perUnit", "minimums", "context", "tiers", "speed", "geo", "hours"))
        {
            var at = $"{key}.{member.Name}";
            found.Add(member.Name);
            switch (member.Name)
            {
                case "effectiveFrom":
                    from = errors.Date(member.Value, at);
                    break;
                case "read":
                    read = errors.Date(member.Value, at);
                    break;
                case "source":
                    source = errors.Text(member.Value, at);
                    break;
                case "note":
                    errors.Text(member.Value, at);
                    break;
                case "perMillionTokens":
                    AddTokenRates(rates, member.Value, at);
                    break;
                case "perUnit":
                    AddUnitRates(rates, member.Value, at);
                    break;
                case "minimums":
                    AddMinimums(minimums, member.Value, at);
                    break;
                case "context":
                    steps = ReadSteps(member.Value, at);
                    break;
                case "tiers":
                    foreach (var tier in errors.Members(member.Value, at))
                    {
                        tiers[tier.Name] = ReadTier(tier.Value, $"{at}.{tier.Name}");
                    }

                    break;
                case "speed":
                    speed = ReadFactors(member.Value, at);
                    break;
                case "geo":
                    geos = member;
                    break;
                case "hours":
                    hours = [.. errors.Items(member.Value, at).Select(x => ReadWindow(x.Item, x.Key))];
                    break;
            }
        }

        RequireAll(found, key, "effectiveFrom", "source", "read");
        if (rates.Count == 0)
        {
            errors.Add(key, entry, "state at least one rate in perMillionTokens or perUnit; \"0\" says that the model is free");
        }

        var card = new RateCard
        {
            EffectiveFrom = new DateTimeOffset(from, TimeOnly.MinValue, TimeSpan.Zero),
            Rates = rates,
            ContextSteps = steps,
            Tiers = tiers,
            SpeedMultipliers = speed,
            Minimums = minimums,
            DailyWindows = hours,
            Source = source,
            ReadOn = read,
        };
        return geos is { } regions ? card.With(ReadGeos(regions.Value, $"{key}.geo", card)) : card;
    }

    private Dictionary<string, GeoPrice> ReadGeos(JsonElement element, string key, RateCard card)
    {
        var geos = new Dictionary<string, GeoPrice>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in errors.Members(element, key))
        {
            var at = $"{key}.{member.Name}";
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                geos[member.Name] = new GeoPrice(1m, ReadGeoCard(member.Value, at, card));
            }
            else if (errors.Decimal(member.Value, at, MostFactor, FactorPlaces, "a factor") is { } factor)
            {
                geos[member.Name] = new GeoPrice(factor);
            }
        }

        return geos;
    }

    private RateCard ReadGeoCard(JsonElement element, string key, RateCard card)
    {
        var rates = new Dictionary<string, decimal>(StringComparer.Ordinal);
        IReadOnlyList<ContextStep>? steps = null;
        foreach (var member in errors.Members(element, key, "perMillionTokens", "context"))
        {
            var at = $"{key}.{member.Name}";
            if (member.Name == "context")
            {
                steps = ReadSteps(member.Value, at);
            }
            else
            {
                AddTokenRates(rates, member.Value, at);
            }
        }

        if (rates.Count == 0)
        {
            errors.Add(key, element, "write a factor, or \"perMillionTokens\" with the rates that differ there");
        }

        return card.With(rates, steps);
    }

    private IEnumerable<JsonProperty> UnitMembers(JsonElement element, string key)
    {
        foreach (var member in errors.Members(element, key))
        {
            if (TokenUnits.IsOther(member.Name))
            {
                yield return member;
                continue;
            }

            errors.Add(
                $"{key}.{member.Name}",
                member.Value,
                $"unknown unit; known here: {string.Join(", ", TokenUnits.OtherNames)}, each alone or with qualifiers in lower case: image/1024x1024/hd");
        }
    }

    private void AddMinimums(Dictionary<string, decimal> minimums, JsonElement element, string key)
    {
        foreach (var member in UnitMembers(element, key))
        {
            if (errors.Decimal(member.Value, $"{key}.{member.Name}", MostMinimum, FactorPlaces, "the least that a call is charged, in the unit,") is { } least)
            {
                minimums[member.Name] = least;
            }
        }
    }

    private void RequireAll(HashSet<string> found, string key, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!found.Contains(name))
            {
                errors.Add($"{key}.{name}", "", "add it: every price has a date, a source and the day on which the source was read");
            }
        }
    }

    private void AddTokenRates(Dictionary<string, decimal> rates, JsonElement element, string key)
    {
        foreach (var member in errors.Members(element, key, [.. TokenUnits.Names]))
        {
            if (errors.Decimal(member.Value, $"{key}.{member.Name}", MostPerMillionTokens, RatePlaces, "USD per million tokens") is { } usd)
            {
                rates[member.Name] = usd * NanoUsd.PerUsd;
            }
        }
    }

    private void AddUnitRates(Dictionary<string, decimal> rates, JsonElement element, string key)
    {
        foreach (var member in UnitMembers(element, key))
        {
            if (errors.Decimal(member.Value, $"{key}.{member.Name}", MostPerUnit, RatePlaces, "USD for one unit") is { } usd)
            {
                rates[member.Name] = usd * NanoUsd.PerUsd * 1_000_000;
            }
        }
    }

    private List<ContextStep> ReadSteps(JsonElement element, string key)
    {
        var steps = new List<ContextStep>();
        foreach (var (item, at) in errors.Items(element, key))
        {
            long above = 0;
            var rates = new Dictionary<string, decimal>(StringComparer.Ordinal);
            foreach (var member in errors.Members(item, at, "above", "perMillionTokens"))
            {
                if (member.Name == "above")
                {
                    above = errors.Count(member.Value, $"{at}.above") ?? 0;
                }
                else
                {
                    AddTokenRates(rates, member.Value, $"{at}.perMillionTokens");
                }
            }

            if (above <= (steps.Count == 0 ? 0 : steps[^1].Above) || rates.Count == 0)
            {
                errors.Add(at, item, "write \"above\" (tokens, rising from step to step) and \"perMillionTokens\" with the rates that change");
                continue;
            }

            steps.Add(new ContextStep(above, rates));
        }

        return steps;
    }

    private TierRates ReadTier(JsonElement element, string key)
    {
        decimal? multiplier = null;
        var rates = new Dictionary<string, decimal>(StringComparer.Ordinal);
        IReadOnlyList<ContextStep> steps = [];
        foreach (var member in errors.Members(element, key, "multiplier", "perMillionTokens", "context"))
        {
            var at = $"{key}.{member.Name}";
            switch (member.Name)
            {
                case "multiplier":
                    multiplier = errors.Decimal(member.Value, at, MostFactor, FactorPlaces, "a factor");
                    break;
                case "perMillionTokens":
                    AddTokenRates(rates, member.Value, at);
                    break;
                default:
                    steps = ReadSteps(member.Value, at);
                    break;
            }
        }

        if (multiplier is null && rates.Count == 0)
        {
            errors.Add(key, element, "write \"multiplier\", \"perMillionTokens\" or both");
        }

        return new TierRates { Multiplier = multiplier, Rates = rates, ContextSteps = steps };
    }

    private Dictionary<string, decimal> ReadFactors(JsonElement element, string key)
    {
        var factors = new Dictionary<string, decimal>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in errors.Members(element, key))
        {
            if (errors.Decimal(member.Value, $"{key}.{member.Name}", MostFactor, FactorPlaces, "a factor") is { } factor)
            {
                factors[member.Name] = factor;
            }
        }

        return factors;
    }

    private DailyWindow ReadWindow(JsonElement element, string key)
    {
        TimeOnly? from = null;
        TimeOnly? to = null;
        decimal? multiplier = null;
        foreach (var member in errors.Members(element, key, "from", "to", "multiplier"))
        {
            var at = $"{key}.{member.Name}";
            switch (member.Name)
            {
                case "from":
                    from = errors.Time(member.Value, at);
                    break;
                case "to":
                    to = errors.Time(member.Value, at);
                    break;
                default:
                    multiplier = errors.Decimal(member.Value, at, MostFactor, FactorPlaces, "a factor");
                    break;
            }
        }

        if (from is null || to is null || multiplier is null || from == to)
        {
            errors.Add(key, element, "write \"from\", \"to\" (another time of day) and \"multiplier\"");
        }

        return new DailyWindow(from ?? default, to ?? default, multiplier ?? 1);
    }
}
