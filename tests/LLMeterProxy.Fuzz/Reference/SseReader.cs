using System.Text;

namespace LLMeterProxy.Fuzz.Reference;

/// <summary>The event stream format as its standard describes it (WHATWG HTML, section 9.2), on a whole body and with no thought of speed.</summary>
internal static class SseReader
{
    /// <returns>The events that have data: their names (empty for none) and their data. The last needs no blank line.</returns>
    public static IReadOnlyList<(string Name, string Data)> Read(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        if (text.StartsWith('\uFEFF'))
        {
            text = text[1..];
        }

        var events = new List<(string, string)>();
        var name = "";
        List<string> data = [];
        foreach (var line in text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n').Append(""))
        {
            if (line.Length == 0)
            {
                if (data.Count > 0)
                {
                    events.Add((name, string.Join('\n', data)));
                }

                name = "";
                data = [];
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var field = colon < 0 ? line : line[..colon];
            var value = colon < 0 ? "" : line[(colon + 1)..];
            value = value.StartsWith(' ') ? value[1..] : value;
            if (field == "data")
            {
                data.Add(value);
            }
            else if (field == "event")
            {
                name = value;
            }
        }

        return events;
    }
}
