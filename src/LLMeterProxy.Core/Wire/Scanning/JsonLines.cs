namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>The media types under which servers send JSON documents one after the other.</summary>
public static class JsonLines
{
    private static readonly string[] _types =
        ["application/x-ndjson", "application/ndjson", "application/stream+json", "application/jsonl", "application/x-jsonlines", "application/json-seq"];

    /// <param name="contentType">With parameters, as received; null where absent.</param>
    public static bool IsMediaType(string? contentType)
    {
        if (contentType is null)
        {
            return false;
        }

        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = contentType.AsSpan(0, end < 0 ? contentType.Length : end).Trim();
        foreach (var known in _types)
        {
            if (type.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
