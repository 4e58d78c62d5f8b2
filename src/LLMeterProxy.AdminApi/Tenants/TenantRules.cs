using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.AdminApi.Tenants;

/// <summary>Turns a body into a tenant, with every default and rule of the contract.</summary>
internal sealed class TenantRules(AdminApiOptions options, IZoneCatalog zones)
{
    private const int MaxTags = 50;
    private const int MaxTagNameLength = 64;

    public Tenant Create(TenantBody body, DateTimeOffset now, FieldErrors errors)
    {
        var id = Fields.Identifier(body.Id, "id", errors);
        return Fill(new Tenant { Id = id, Name = id, TimeZone = Zone(body, errors), CreatedAt = now }, body, errors);
    }

    public Tenant Change(Tenant current, TenantBody body, DateTimeOffset now, FieldErrors errors)
    {
        if (!string.Equals(body.Id, current.Id, StringComparison.Ordinal))
        {
            errors.Add("id", "never changes");
        }

        var changed = Fill(current, body, errors);
        var zone = Zone(body, errors);
        return errors.Any || string.Equals(zone, current.TimeZone, StringComparison.Ordinal)
            ? changed
            : changed with { TimeZone = zone, TimeZoneChanges = zones.Change(current, zone, now) };
    }

    public static TenantBody BodyOf(Tenant tenant) => new()
    {
        Id = tenant.Id,
        Name = tenant.Name,
        TimeZone = tenant.TimeZone,
        Status = WireNames<TenantStatus>.Of(tenant.Status),
        Plan = tenant.Plan,
        OutagePolicy = WireNames<OutagePolicy>.Of(tenant.OutagePolicy),
        UnpricedPolicy = WireNames<UnpricedPolicy>.Of(tenant.UnpricedPolicy),
        Limits = RateLimitsBody.Of(tenant.Limits),
        Tags = tenant.Tags,
    };

    private static Tenant Fill(Tenant tenant, TenantBody body, FieldErrors errors) => tenant with
    {
        Name = body.Name is null ? tenant.Id : Fields.Name(body.Name, "name", errors),
        Status = Fields.Choice(body.Status, TenantStatus.Active, "status", errors),
        Plan = body.Plan is null ? null : Fields.Name(body.Plan, "plan", errors),
        OutagePolicy = Outage(body.OutagePolicy, errors),
        UnpricedPolicy = Fields.Choice(body.UnpricedPolicy, UnpricedPolicy.Auto, "unpricedPolicy", errors),
        Limits = Fields.Limits(body.Limits, "limits", errors),
        Tags = Tags(body.Tags, errors),
    };

    private static OutagePolicy Outage(string? policy, FieldErrors errors)
    {
        if (policy is not "lease")
        {
            return Fields.Choice(policy, OutagePolicy.Auto, "outagePolicy", errors);
        }

        errors.Add("outagePolicy", "lease is not in this version, which has closed and open");
        return OutagePolicy.Closed;
    }

    private string Zone(TenantBody body, FieldErrors errors)
    {
        var zone = body.TimeZone ?? options.TimeZone;
        if (!zones.IsValid(zone))
        {
            errors.Add("timeZone", "must be an IANA time zone such as Europe/Berlin");
        }

        return zone;
    }

    private static IReadOnlyDictionary<string, string> Tags(IReadOnlyDictionary<string, string>? tags, FieldErrors errors)
    {
        if (tags is null)
        {
            return new Dictionary<string, string>();
        }

        if (tags.Count > MaxTags)
        {
            errors.Add("tags", $"must have at most {MaxTags} entries");
        }

        foreach (var (name, value) in tags)
        {
            if (name.Length is 0 or > MaxTagNameLength || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            {
                errors.Add("tags", $"names must match [A-Za-z0-9._-]{{1,{MaxTagNameLength}}}");
            }

            if (value is null || value.Length > Fields.MaxNameLength || value.Any(char.IsControl))
            {
                errors.Add($"tags.{name}", $"must be a string of at most {Fields.MaxNameLength} characters without control characters");
            }
        }

        return tags;
    }
}
