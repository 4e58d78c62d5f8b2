using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Cli.Prices;

/// <summary>Finds named models that the price book has no price for, by the way in which a server would look for it.</summary>
internal sealed class PriceGaps(PriceBook book, IConfiguration configuration)
{
    private readonly DialectCatalog _dialects = new();
    private readonly HashSet<string> _unlisted = new(StringComparer.Ordinal);

    public List<string> Found { get; } = [];

    /// <summary>Providers for which there is no list at all: self-hosted servers, mostly. Not a gap: only their operator knows a price.</summary>
    public IEnumerable<string> Notes => _unlisted.Order(StringComparer.Ordinal).Select(provider =>
        $"there is no price list for {provider}: every model of it is unpriced. Name a list for it (LLMeter:Providers:{provider}:PriceList; "
        + "'ollama' for a server of your own, which costs nothing) or write one into your price file");

    public int Checked { get; private set; }

    /// <summary>The models that the configuration names: what accounts' own names stand for.</summary>
    public IEnumerable<NamedModel> Configured() =>
        from provider in configuration.GetSection("LLMeter:Providers").GetChildren()
        from model in provider.GetSection("Models").GetChildren()
        where model.Value is { Length: > 0 }
        select new NamedModel(provider.Key, model.Value!);

    public void Check(NamedModel named)
    {
        Checked++;
        var list = ListOf(named.Provider);
        if (!book.Has(list))
        {
            _unlisted.Add(named.Provider);
        }
        else if (book.Resolve(list, Mapped(named)) is null)
        {
            Found.Add($"{named.Provider} {named.Model}: no price in the list {list}");
        }
    }

    private string Mapped(NamedModel named) => configuration[$"LLMeter:Providers:{named.Provider}:Models:{named.Model}"] is { Length: > 0 } model ? model : named.Model;

    /// <summary>As a server has it: the configured list; the kind's; else, for a kind without a list, the one of the provider's name.</summary>
    private string ListOf(string provider)
    {
        var settings = configuration.GetSection($"LLMeter:Providers:{provider}");
        if (settings["PriceList"] is { Length: > 0 } configured)
        {
            return configured;
        }

        var kind = settings["Kind"] is { Length: > 0 } named ? named : provider;
        var list = _dialects.Find(kind)?.PriceList ?? kind;
        return !book.Has(list) && book.Has(provider) ? provider : list;
    }
}
