using System.Globalization;
using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.AdminApi.Keys;

/// <summary>Turns a body into a virtual key, with every default and rule of the contract.</summary>
internal sealed class KeyRules(AdminApiOptions options)
{
    private static readonly IReadOnlyCollection<string> _sources = ["header", "user", "safety_identifier", "metadata.user_id"];
    private static readonly IReadOnlyCollection<string> _unknown = ["refuse", "create"];

    // The constants themselves are the list, so that a new operation needs no second place.
    private static readonly IReadOnlyCollection<string> _operations =
        [.. typeof(Operations).GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!)];

    /// <summary>Fills what a caller may set; the rest of <paramref name="key"/> stays.</summary>
    public VirtualKey Fill(VirtualKey key, KeyBody body, DateTimeOffset now, FieldErrors errors)
    {
        var permissions = body.Permissions is { Count: 0 } ? [] : Fields.Among(body.Permissions, [.. KeyPermissions.All], "permissions", errors) ?? [];
        return key with
        {
            Name = Fields.Name(body.Name, "name", errors),
            Models = Fields.Models(body.Models, "models", errors),
            Providers = Fields.Among(body.Providers, options.Providers.Count > 0 ? options.Providers : body.Providers ?? [], "providers", errors),
            Operations = Fields.Among(body.Operations, _operations, "operations", errors),
            ExpiresAt = Expiry(key, body.ExpiresAt, now, errors),
            Limits = Fields.Limits(body.Limits, "limits", errors),
            Permissions = permissions,
            Attribution = Attribution(body.Attribution, permissions, errors),
        };
    }

    public static KeyBody BodyOf(VirtualKey key) => new()
    {
        Name = key.Name,
        Models = key.Models,
        Providers = key.Providers,
        Operations = key.Operations,
        ExpiresAt = key.ExpiresAt?.ToString("O", CultureInfo.InvariantCulture),
        Limits = RateLimitsBody.Of(key.Limits),
        Permissions = key.Permissions,
        Attribution = key.Attribution is { } attribution ? new KeyAttributionBody(attribution.From, attribution.Unknown) : null,
    };

    private static DateTimeOffset? Expiry(VirtualKey key, string? text, DateTimeOffset now, FieldErrors errors)
    {
        if (text is null)
        {
            return null;
        }

        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
        {
            errors.Add("expiresAt", "must be an ISO 8601 instant such as 2027-01-31T00:00:00Z");
        }
        else if (at <= now && at != key.ExpiresAt)
        {
            errors.Add("expiresAt", "must be in the future; delete the key to end it now");
        }

        return at;
    }

    private static KeyAttribution? Attribution(KeyAttributionBody? body, IReadOnlyList<string> permissions, FieldErrors errors)
    {
        if (body is null)
        {
            return null;
        }

        if (!permissions.Contains(KeyPermissions.OnBehalf))
        {
            errors.Add("attribution", $"needs the permission {KeyPermissions.OnBehalf}");
        }

        var from = body.From ?? "header";
        var unknown = body.Unknown ?? "refuse";
        Fields.Among([from], _sources, "attribution.from", errors);
        Fields.Among([unknown], _unknown, "attribution.unknown", errors);
        return new KeyAttribution(from, unknown);
    }
}
