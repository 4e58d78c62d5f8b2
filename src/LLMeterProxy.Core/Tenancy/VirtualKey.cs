namespace LLMeterProxy.Core.Tenancy;

/// <summary>A secret that belongs to one tenant. The secret itself exists only in the answer that issued it.</summary>
public sealed record VirtualKey
{
    /// <summary>Stable over rotation (A81): <c>key_</c> and a UUIDv7 without dashes.</summary>
    public required string Id { get; init; }

    public required string TenantId { get; init; }

    public required string Name { get; init; }

    /// <summary>The first 12 characters of the secret, for people to tell keys apart.</summary>
    public required string Prefix { get; init; }

    public required KeyHash Hash { get; init; }

    /// <summary>The hash before the last rotation, valid until <see cref="PreviousValidUntil"/>; null where never rotated with grace.</summary>
    public KeyHash? PreviousHash { get; init; }

    public DateTimeOffset? PreviousValidUntil { get; init; }

    /// <summary>Canonical model ids, each may end in <c>*</c>; null means every model.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Provider names of the configuration; null means every provider.</summary>
    public IReadOnlyList<string>? Providers { get; init; }

    /// <summary>Operation names; null means every operation.</summary>
    public IReadOnlyList<string>? Operations { get; init; }

    public RateLimits Limits { get; init; } = RateLimits.None;

    /// <summary>Values of <see cref="KeyPermissions"/>.</summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];

    public KeyAttribution? Attribution { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Raised by every change; the ETag of the admin API.</summary>
    public long Version { get; init; } = 1;
}
