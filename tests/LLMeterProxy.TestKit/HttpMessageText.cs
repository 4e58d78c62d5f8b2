using System.Text;

namespace LLMeterProxy.TestKit;

/// <summary>An HTTP/1.1 message as it was on the wire.</summary>
/// <param name="Head">Start line and header lines, without the blank line.</param>
/// <param name="Body">Transfer coding undone.</param>
public sealed record HttpMessageText(string Head, ReadOnlyMemory<byte> Body)
{
    public string StartLine => Head.Split("\r\n")[0];

    /// <summary>Names in lower case with their values, in the order of the wire.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; } =
    [
        .. Head.Split("\r\n").Skip(1).Select(line => line.Split(':', 2)).Select(
            parts => new KeyValuePair<string, string>(parts[0].ToLowerInvariant(), parts[1].Trim())),
    ];

    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>The first value of that name; null where there is none.</summary>
    public string? Header(string name) => Headers.FirstOrDefault(h => h.Key == name).Value;
}
