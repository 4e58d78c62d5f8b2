using System.Collections.Frozen;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Gateway.Route;

/// <summary>One entry of <c>LLMeter:Providers</c>, validated.</summary>
public sealed record ProviderSettings
{
    /// <summary>The first path segment.</summary>
    public required string Name { get; init; }

    public required string Kind { get; init; }

    /// <summary>The origin, with a path prefix at most; never ends in a slash or a version.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>The pool of credentials; empty where the kind needs none.</summary>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>Signs every call where there is no API key; null for every kind but Bedrock.</summary>
    public AwsCredential? Aws { get; init; }

    /// <summary>The Google Cloud project that is called whatever project a client writes; null leaves the client's.</summary>
    public string? Project { get; init; }

    /// <summary>A Google service account's key file, from which access tokens are made where there is no API key; null for every kind but Vertex.</summary>
    public string? ServiceAccountFile { get; init; }

    /// <summary>Null takes the dialect's default.</summary>
    public DisconnectPolicy? OnDisconnect { get; init; }

    /// <summary>Further dispatches after the first, where nothing was sent. Default 2.</summary>
    public int MaxRetries { get; init; } = 2;

    /// <summary>Statuses that are retried beside: the operator's own risk of a second bill. Default none.</summary>
    public IReadOnlyList<int> RetryOnStatus { get; init; } = [];

    /// <summary>Request headers forwarded beside the allow-list.</summary>
    public IReadOnlyList<string> ForwardHeaders { get; init; } = [];

    /// <summary>The price list; null takes the dialect's.</summary>
    public string? PriceList { get; init; }

    /// <summary>
    /// What the account's own names stand for: deployments (Azure), fine-tunes, self-hosted names → a model of the price list.
    /// Compared by their exact characters.
    /// </summary>
    public IReadOnlyDictionary<string, string> Models { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The region whose price uplift applies where a response names none (<c>eu</c>), and the AWS or Google region; null where there is none.</summary>
    public string? Region { get; init; }

    /// <summary>Takes the cost that the provider states where it states one. Default: true for the kinds whose stated cost is exact (OpenRouter, xAI).</summary>
    public bool PreferProviderCost { get; init; }

    /// <summary>Default 15 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);
}
