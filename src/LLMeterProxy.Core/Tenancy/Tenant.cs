namespace LLMeterProxy.Core.Tenancy;

/// <summary>A client of the agency: what usage is attributed to.</summary>
public sealed record Tenant
{
    /// <summary>Chosen by its creator, never changes: <c>[a-z0-9][a-z0-9._-]{0,62}</c>.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The IANA zone in which days, weeks and months are drawn from now on.</summary>
    public required string TimeZone { get; init; }

    /// <summary>Earlier and coming zones, oldest first; empty where the zone never changed.</summary>
    public IReadOnlyList<TimeZoneChange> TimeZoneChanges { get; init; } = [];

    public TenantStatus Status { get; init; }

    public string? Plan { get; init; }

    public OutagePolicy OutagePolicy { get; init; }

    public UnpricedPolicy UnpricedPolicy { get; init; }

    public RateLimits Limits { get; init; } = RateLimits.None;

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Set on deletion: the tenant keeps its history and its name in reports (A82).</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Raised by every change; the ETag of the admin API.</summary>
    public long Version { get; init; } = 1;
}
