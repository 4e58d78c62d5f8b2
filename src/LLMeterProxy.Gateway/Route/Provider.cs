using System.Collections.Concurrent;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway.Forward;

namespace LLMeterProxy.Gateway.Route;

/// <summary>An upstream account at run time: its settings, dialect, credentials and connection pool.</summary>
public sealed class Provider : IProviderPricing
{
    // Routes are few, but a path may carry a model name from the client: past the bound a Uri is made per call.
    private const int MaxCachedTargets = 256;

    private readonly ConcurrentDictionary<string, Uri> _targets = new(StringComparer.Ordinal);
    private readonly string _origin;

    public Provider(
        ProviderSettings settings,
        IDialect dialect,
        CredentialPool credentials,
        HttpMessageInvoker client,
        IUpstreamAuthorizer? authorizer = null)
    {
        Settings = settings;
        Dialect = dialect;
        Credentials = credentials;
        Client = client;
        Authorizer = authorizer;
        _origin = settings.BaseUrl.AbsoluteUri.TrimEnd('/');
        OnDisconnect = settings.OnDisconnect ?? dialect.OnDisconnect;
        RequestHeaders = HeaderAllowList.ForRequests(settings.ForwardHeaders);
    }

    public string Name => Settings.Name;

    public ProviderSettings Settings { get; }

    public IDialect Dialect { get; }

    public CredentialPool Credentials { get; }

    /// <summary>One per provider, for the life of the process: connections are shared by all calls.</summary>
    public HttpMessageInvoker Client { get; }

    /// <summary>Null where the credential is a key of the pool, in a header.</summary>
    public IUpstreamAuthorizer? Authorizer { get; }

    public DisconnectPolicy OnDisconnect { get; }

    /// <inheritdoc/>
    public bool PreferProviderCost => Settings.PreferProviderCost;

    internal HeaderAllowList RequestHeaders { get; }

    /// <summary>The price entry of a name as clients and responses use it, by the account's own names first; null where there is none.</summary>
    public PricedModel? Resolve(PriceBook prices, string model) =>
        prices.Resolve(PriceListIn(prices), Settings.Models.Count > 0 ? Mapped(model) : model);

    // A name in the configuration has no colon, so an ARN is mapped by what follows its last slash.
    private string Mapped(string model) =>
        Settings.Models.TryGetValue(model, out var mapped)
        || (model.StartsWith("arn:", StringComparison.Ordinal) && Settings.Models.TryGetValue(model[(model.LastIndexOf('/') + 1)..], out mapped))
            ? mapped
            : model;

    /// <summary>The configured list; else, for a kind that has no list of its own, one of the provider's name; else the kind's.</summary>
    public string PriceListIn(PriceBook prices) =>
        Settings.PriceList ?? (!prices.Has(Dialect.PriceList) && prices.Has(Name) ? Name : Dialect.PriceList);

    /// <summary>The upstream URL of a path that a route table rebuilt; nothing of the client's raw text is in it.</summary>
    public Uri Target(RouteMatch match) =>
        Target(Dialect.UpstreamPath(match, Settings.Project, Settings.Region) + match.UpstreamQuery);

    private Uri Target(string pathAndQuery)
    {
        if (_targets.TryGetValue(pathAndQuery, out var known))
        {
            return known;
        }

        var target = new Uri(_origin + pathAndQuery, UriKind.Absolute);
        if (_targets.Count < MaxCachedTargets)
        {
            _targets.TryAdd(pathAndQuery, target);
        }

        return target;
    }
}
