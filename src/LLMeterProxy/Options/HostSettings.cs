using LLMeterProxy.AdminApi;
using LLMeterProxy.Gateway;
using LLMeterProxy.Gateway.Route;
using LLMeterProxy.Storage.Journal;

namespace LLMeterProxy.Options;

/// <summary>The whole configuration, validated: the single point between text and typed settings.</summary>
internal sealed record HostSettings
{
    public required ListenSettings Listen { get; init; }

    /// <summary>Absolute.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>IANA id: global budgets, new tenants.</summary>
    public required string TimeZone { get; init; }

    /// <summary>Null: generated on first start; never with PostgreSQL.</summary>
    public string? AdminToken { get; init; }

    /// <summary>Null: generated on first start; never with PostgreSQL.</summary>
    public string? Pepper { get; init; }

    public string? MetricsToken { get; init; }

    public bool AnonymousMetrics { get; init; }

    public Durability Durability { get; init; }

    public DefaultTenantCap? DefaultTenantCap { get; init; }

    /// <summary>A user's price file over the shipped one; null for none.</summary>
    public string? PriceOverride { get; init; }

    /// <summary>How long streams may go on after SIGTERM. Default 120 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long the ledger may take to get the rest of the journal when the node stops. Default 30 s.</summary>
    public TimeSpan ShippingTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public RedisSettings Redis { get; init; } = new();

    /// <summary>Checked; it may hold a password. Null: the ledger is a SQLite file in the data directory.</summary>
    public string? PostgresConnectionString { get; init; }

    public required GatewaySettings Gateway { get; init; }

    public required IReadOnlyList<ProviderSettings> Providers { get; init; }
}
