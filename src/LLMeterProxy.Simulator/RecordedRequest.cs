namespace LLMeterProxy.Simulator;

/// <summary>A request exactly as it reached the simulator.</summary>
/// <param name="Sequence">Number of the dispatch, from 1; its bill entry has the same.</param>
/// <param name="At">When it arrived, UTC.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Target">Path and query as they were sent, still encoded.</param>
/// <param name="Headers">All header fields, a value each, in the server's order.</param>
/// <param name="Body">Body bytes as sent, transfer coding undone, content coding not.</param>
public sealed record RecordedRequest(
    long Sequence,
    DateTimeOffset At,
    string Method,
    string Target,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    ReadOnlyMemory<byte> Body)
{
    /// <summary>The value of a header, several joined by a comma and a blank, or null.</summary>
    public string? Header(string name)
    {
        var values = Headers.Where(h => string.Equals(h.Key, name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).ToList();
        return values.Count == 0 ? null : string.Join(", ", values);
    }
}
