using LLMeterProxy.AdminApi.Http;

namespace LLMeterProxy.AdminApi.Keys;

/// <summary>What a caller says about a virtual key. A PATCH is a JSON Merge Patch (RFC 7396) of it.</summary>
public sealed record KeyBody
{
    /// <summary>Required; for people.</summary>
    public string? Name { get; init; }

    /// <summary>Canonical model ids, each may end in <c>*</c>; absent means every model.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Configured provider names; absent means every provider.</summary>
    public IReadOnlyList<string>? Providers { get; init; }

    /// <summary>Operation names (<c>chat</c>, <c>messages</c>, …); absent means every operation.</summary>
    public IReadOnlyList<string>? Operations { get; init; }

    /// <summary>ISO 8601, in the future; UTC where it names no offset.</summary>
    public string? ExpiresAt { get; init; }

    /// <summary>Rate limits of this key, beside those of the tenant.</summary>
    public RateLimitsBody? Limits { get; init; }

    /// <summary><c>attribute:on_behalf</c>, <c>events:ingest</c>, <c>tier:priority</c>; default none.</summary>
    public IReadOnlyList<string>? Permissions { get; init; }

    /// <summary>Only with <c>attribute:on_behalf</c>.</summary>
    public KeyAttributionBody? Attribution { get; init; }
}
