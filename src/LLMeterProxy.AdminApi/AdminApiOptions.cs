namespace LLMeterProxy.AdminApi;

/// <summary>What the host decides about the admin API. Read once at start.</summary>
public sealed class AdminApiOptions
{
    /// <summary>At least this long, so that it cannot be guessed (T93).</summary>
    public const int MinTokenLength = 32;

    /// <summary>The bearer token of every route but the open ones; at least <see cref="MinTokenLength"/> characters.</summary>
    public required string AdminToken { get; init; }

    /// <summary>A second token that opens <c>/metrics</c> alone; null where only the admin token does.</summary>
    public string? MetricsToken { get; init; }

    /// <summary>Opens <c>/metrics</c> to everyone who reaches the control listener. Default false (A83).</summary>
    public bool AnonymousMetrics { get; init; }

    /// <summary>IANA zone of new tenants, global budgets and usage without a tenant. Default UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>The cap that a new tenant gets as its budget <c>default</c>; null for none.</summary>
    public DefaultTenantCap? DefaultTenantCap { get; init; }

    /// <summary>Names of the configured providers, to refuse a misspelt one on a key; empty means that any name is taken.</summary>
    public IReadOnlyCollection<string> Providers { get; init; } = [];

    /// <summary>Shown at <c>/</c>.</summary>
    public string Version { get; init; } = "";
}
