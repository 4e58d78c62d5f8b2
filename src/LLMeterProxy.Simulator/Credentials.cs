using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Simulator;

/// <summary>The provider keys that a simulator accepts, in whichever header or parameter the dialect puts them; none listed accepts all.</summary>
internal sealed class Credentials(IEnumerable<string> expected)
{
    private readonly HashSet<string> _keys = [.. expected];

    /// <summary>Whether the request's credential is accepted. <paramref name="key"/>: the one that was looked at, null for none.</summary>
    public bool Accept(HttpRequest request, out string? key)
    {
        key = null;
        if (_keys.Count == 0)
            return true;
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            key = authorization["Bearer ".Length..].Trim();
        else if (First(request, "x-api-key") is { } anthropic)
            key = anthropic;
        else if (First(request, "api-key") is { } azure)
            key = azure;
        else if (First(request, "x-goog-api-key") is { } google)
            key = google;
        else if (request.Query.TryGetValue("key", out var query))
            key = query.ToString();
        return key is not null && _keys.Contains(key);
    }

    private static string? First(HttpRequest request, string name) => request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
}
