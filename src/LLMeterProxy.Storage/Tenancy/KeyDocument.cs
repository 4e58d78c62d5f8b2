using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Storage.Tenancy;

/// <summary>A virtual key without its hashes: what is stored as JSON and shown in the audit trail.</summary>
internal sealed record KeyDocument(
    string Id,
    string TenantId,
    string Name,
    string Prefix,
    DateTimeOffset? PreviousValidUntil,
    IReadOnlyList<string>? Models,
    IReadOnlyList<string>? Providers,
    IReadOnlyList<string>? Operations,
    RateLimits Limits,
    IReadOnlyList<string> Permissions,
    KeyAttribution? Attribution,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt,
    DateTimeOffset CreatedAt,
    long Version)
{
    public static KeyDocument Of(VirtualKey key) => new(
        key.Id,
        key.TenantId,
        key.Name,
        key.Prefix,
        key.PreviousValidUntil,
        key.Models,
        key.Providers,
        key.Operations,
        key.Limits,
        key.Permissions,
        key.Attribution,
        key.ExpiresAt,
        key.RevokedAt,
        key.CreatedAt,
        key.Version);

    public VirtualKey ToKey(KeyHash hash, KeyHash? previousHash) => new()
    {
        Id = Id,
        TenantId = TenantId,
        Name = Name,
        Prefix = Prefix,
        Hash = hash,
        PreviousHash = previousHash,
        PreviousValidUntil = PreviousValidUntil,
        Models = Models,
        Providers = Providers,
        Operations = Operations,
        Limits = Limits,
        Permissions = Permissions,
        Attribution = Attribution,
        ExpiresAt = ExpiresAt,
        RevokedAt = RevokedAt,
        CreatedAt = CreatedAt,
        Version = Version,
    };
}
