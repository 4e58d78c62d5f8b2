using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.AdminApi.Http;

/// <summary>Reads query strings as strictly as bodies: an unknown or repeated parameter is an error, not a filter that silently does nothing.</summary>
internal sealed class QueryReader
{
    public const int MaxLimit = 1000;

    private readonly IQueryCollection _query;
    private readonly FieldErrors _errors;

    public QueryReader(HttpContext http, FieldErrors errors, params ReadOnlySpan<string> known)
    {
        _query = http.Request.Query;
        _errors = errors;
        foreach (var (name, values) in _query)
        {
            if (!known.Contains(name))
            {
                errors.Add(name, $"unknown parameter; known are {string.Join(", ", known.ToArray())}");
            }
            else if (values.Count > 1)
            {
                errors.Add(name, "must be given once");
            }
        }
    }

    /// <returns>Null where absent or empty.</returns>
    public string? Text(string name) => _query.TryGetValue(name, out var values) && values.Count == 1 && values[0] is { Length: > 0 } text ? text : null;

    /// <summary>A page size, 1 to <see cref="MaxLimit"/>; more is refused, not clamped (T97).</summary>
    public int Limit(int absent)
    {
        if (Text("limit") is not { } text)
        {
            return absent;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit)
        {
            return limit;
        }

        _errors.Add("limit", $"must be an integer from 1 to {MaxLimit}");
        return absent;
    }

    public bool Flag(string name)
    {
        var text = Text(name);
        if (text is not (null or "true" or "false"))
        {
            _errors.Add(name, "must be true or false");
        }

        return text is "true";
    }
}
