using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.AdminApi.Http;

/// <summary>The rules of single fields that more than one resource has. Each adds its error and returns the value to use.</summary>
internal static class Fields
{
    public const int MaxNameLength = 200;
    public const int MaxListLength = 200;

    /// <summary><c>[a-z0-9][a-z0-9._-]{0,62}</c>: what tenants and budgets are called in paths, labels and file names.</summary>
    public static bool IsIdentifier(string text) =>
        text.Length is > 0 and <= 63 && text[0] is not ('.' or '_' or '-') && text.All(IsIdentifierCharacter);

    public static string Identifier(string? text, string field, FieldErrors errors)
    {
        if (text is null || !IsIdentifier(text))
        {
            errors.Add(field, text is null ? "is required" : "must match [a-z0-9][a-z0-9._-]{0,62}");
        }

        return text ?? "";
    }

    /// <summary>A display name: some text without control characters.</summary>
    public static string Name(string? text, string field, FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            errors.Add(field, "is required and must not be blank");
        }
        else if (text.Length > MaxNameLength || text.Any(char.IsControl))
        {
            errors.Add(field, $"must have at most {MaxNameLength} characters and no control characters");
        }

        return text ?? "";
    }

    public static TEnum Choice<TEnum>(string? text, TEnum absent, string field, FieldErrors errors)
        where TEnum : struct, Enum
    {
        if (text is null)
        {
            return absent;
        }

        if (WireNames<TEnum>.Parse(text) is { } value)
        {
            return value;
        }

        errors.Add(field, $"must be one of {WireNames<TEnum>.All}");
        return absent;
    }

    /// <summary>Canonical model ids, each may end in one <c>*</c>.</summary>
    public static IReadOnlyList<string>? Models(IReadOnlyList<string>? models, string field, FieldErrors errors)
    {
        if (List(models, field, errors) is { } list
            && list.Any(m => m.Length > MaxNameLength || m.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) || m.AsSpan(0, m.Length - 1).Contains('*')))
        {
            errors.Add(field, $"each must be a model id of at most {MaxNameLength} characters without blanks; '*' may only be the last character");
        }

        return models;
    }

    /// <summary>Values out of a closed list.</summary>
    public static IReadOnlyList<string>? Among(IReadOnlyList<string>? values, IReadOnlyCollection<string> known, string field, FieldErrors errors)
    {
        if (List(values, field, errors) is { } list && list.Where(v => !known.Contains(v)).ToList() is { Count: > 0 } unknown)
        {
            errors.Add(field, $"does not know {string.Join(", ", unknown)}; known are {string.Join(", ", known)}");
        }

        return values;
    }

    public static RateLimits Limits(RateLimitsBody? limits, string field, FieldErrors errors)
    {
        if (limits is null)
        {
            return RateLimits.None;
        }

        NotNegative(limits.RequestsPerMinute, $"{field}.requestsPerMinute", errors);
        NotNegative(limits.TokensPerMinute, $"{field}.tokensPerMinute", errors);
        NotNegative(limits.Concurrent, $"{field}.concurrent", errors);
        return new RateLimits(limits.RequestsPerMinute, limits.TokensPerMinute, limits.Concurrent);
    }

    /// <summary>A list that is present must name something: an empty one could be read as "nothing" or as "everything".</summary>
    private static IReadOnlyList<string>? List(IReadOnlyList<string>? values, string field, FieldErrors errors)
    {
        if (values is null)
        {
            return null;
        }

        if (values.Count is 0 or > MaxListLength || values.Any(string.IsNullOrEmpty))
        {
            errors.Add(field, $"must have 1 to {MaxListLength} entries and none of them empty; leave it out for no restriction");
            return null;
        }

        return values;
    }

    private static void NotNegative(long? value, string field, FieldErrors errors)
    {
        if (value < 0)
        {
            errors.Add(field, "must be 0 or more; 0 means that nothing is allowed, leave it out for no limit");
        }
    }

    private static bool IsIdentifierCharacter(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '-';
}
