using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway.Forward;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Gateway.Route;

/// <summary>The providers of the configuration by the first path segment.</summary>
public sealed class ProviderCatalog
{
    private readonly FrozenDictionary<string, Provider> _providers;
    private readonly FrozenDictionary<string, Provider>.AlternateLookup<ReadOnlySpan<char>> _byPrefix;

    public ProviderCatalog(
        IEnumerable<ProviderSettings> providers,
        IDialectCatalog dialects,
        UpstreamClients clients,
        UpstreamAuthorizers authorizers,
        TimeProvider time)
    {
        _providers = providers
            .Select(p => new Provider(
                p, dialects.Find(p.Kind)!, new CredentialPool(p.ApiKeys, time), clients.Create(p), authorizers.Create(p)))
            .ToFrozenDictionary(p => p.Name, StringComparer.Ordinal);
        _byPrefix = _providers.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IReadOnlyCollection<Provider> All => _providers.Values;

    /// <summary>Splits <c>/openai/v1/models</c> into the provider and the provider's own path.</summary>
    public bool TryFind(PathString path, [NotNullWhen(true)] out Provider? provider, out string rest)
    {
        var text = path.Value.AsSpan();
        rest = "";
        provider = null;
        if (text.Length < 2 || text[0] != '/')
        {
            return false;
        }

        var slash = text[1..].IndexOf('/');
        if (slash < 0 || !_byPrefix.TryGetValue(text.Slice(1, slash), out provider))
        {
            return false;
        }

        rest = path.Value![(slash + 1)..];
        return true;
    }
}
