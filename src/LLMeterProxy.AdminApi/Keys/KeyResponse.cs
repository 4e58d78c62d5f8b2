using System.Text.Json.Serialization;
using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.AdminApi.Keys;

/// <summary>A virtual key without its secret.</summary>
public sealed record KeyResponse
{
    /// <summary>Stable over rotation.</summary>
    public required string Id { get; init; }

    /// <summary>The secret. Only in the answer that issued or rotated it; it cannot be read again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    public required string Tenant { get; init; }

    public required string Name { get; init; }

    /// <summary>The first 12 characters of the secret.</summary>
    public required string Prefix { get; init; }

    /// <summary><c>active</c>, <c>expired</c> or <c>revoked</c>.</summary>
    public required string Status { get; init; }

    public IReadOnlyList<string>? Models { get; init; }

    public IReadOnlyList<string>? Providers { get; init; }

    public IReadOnlyList<string>? Operations { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public required RateLimitsBody Limits { get; init; }

    public required IReadOnlyList<string> Permissions { get; init; }

    public KeyAttributionBody? Attribution { get; init; }

    /// <summary>The secret before the last rotation is valid until then; null where it is not.</summary>
    public DateTimeOffset? PreviousValidUntil { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The entity tag is this number in quotes.</summary>
    public long Version { get; init; }

    internal static KeyResponse Of(VirtualKey key, DateTimeOffset now, string? secret = null) => new()
    {
        Id = key.Id,
        Key = secret,
        Tenant = key.TenantId,
        Name = key.Name,
        Prefix = key.Prefix,
        Status = key.RevokedAt is not null ? "revoked" : key.ExpiresAt <= now ? "expired" : "active",
        Models = key.Models,
        Providers = key.Providers,
        Operations = key.Operations,
        ExpiresAt = key.ExpiresAt,
        Limits = RateLimitsBody.Of(key.Limits),
        Permissions = key.Permissions,
        Attribution = key.Attribution is { } attribution ? new KeyAttributionBody(attribution.From, attribution.Unknown) : null,
        PreviousValidUntil = key.PreviousHash is not null && key.PreviousValidUntil > now ? key.PreviousValidUntil : null,
        RevokedAt = key.RevokedAt,
        CreatedAt = key.CreatedAt,
        Version = key.Version,
    };
}
