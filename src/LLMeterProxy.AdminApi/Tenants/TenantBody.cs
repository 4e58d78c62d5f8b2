using LLMeterProxy.AdminApi.Http;

namespace LLMeterProxy.AdminApi.Tenants;

/// <summary>What a caller says about a tenant. A PATCH is a JSON Merge Patch (RFC 7396) of it.</summary>
public sealed record TenantBody
{
    /// <summary>Required at creation, then fixed: <c>[a-z0-9][a-z0-9._-]{0,62}</c>.</summary>
    public string? Id { get; init; }

    /// <summary>Default: the id.</summary>
    public string? Name { get; init; }

    /// <summary>IANA id. A change takes effect at the end of the month in the old zone. Default: the server's zone.</summary>
    public string? TimeZone { get; init; }

    /// <summary><c>active</c> (default) or <c>disabled</c>: its keys answer like unknown ones.</summary>
    public string? Status { get; init; }

    /// <summary>A label of the agency's own.</summary>
    public string? Plan { get; init; }

    /// <summary><c>auto</c> (default), <c>closed</c> or <c>open</c>: calls while the budget store cannot be reached.</summary>
    public string? OutagePolicy { get; init; }

    /// <summary><c>auto</c> (default), <c>refuse</c> or <c>allow</c>: calls to models without a price.</summary>
    public string? UnpricedPolicy { get; init; }

    /// <summary>Rate limits over all keys of the tenant.</summary>
    public RateLimitsBody? Limits { get; init; }

    /// <summary>At most 50.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}
