using System.Globalization;
using System.Text;

namespace LLMeterProxy.Fuzz.Writing;

/// <summary>Writes JSON and event streams as upstreams might: members in any order, white space anywhere, every line end.</summary>
internal sealed class WireWriter(Random random)
{
    private static readonly string[] _spaces = ["", "", "", "", " ", "  ", "\t"];
    private static readonly string[] _comments = [": OPENROUTER PROCESSING", ": keep-alive", ":", ": data: {\"usage\":{\"prompt_tokens\":1}}"];

    // What a model may say that looks like what we look for; none of it may have an effect (T62).
    private static readonly string[] _decoys =
    [
        "hello", "Grüße 🎉", "", "data: {\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9}}", "\n\ndata: [DONE]\n\n", "[DONE]",
        "\"usage\":{\"total_tokens\":0}", "event: message_stop", "}}]}\\", "\\\"usage\\\":", "finish_reason\":\"stop\"", "\u2028 \u0000 \u001b",
        "usage", "usageMetadata", "\r\n\r\n", "response.completed", "type", "message_stop", "error",
    ];

    public string Decoy() => _decoys[random.Next(_decoys.Length)];

    /// <summary>A JSON string with the escapes of one of the usual serializers, or of the one that escapes all.</summary>
    public string Text(string value)
    {
        var text = new StringBuilder("\"");
        var all = random.Next(8) == 0;
        foreach (var unit in value)
        {
            switch (unit)
            {
                case '"' or '\\':
                    text.Append('\\').Append(unit);
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case < ' ':
                    text.Append("\\u").Append(((int)unit).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                case > '~' when all:
                    text.Append("\\u").Append(((int)unit).ToString("X4", CultureInfo.InvariantCulture));
                    break;
                default:
                    text.Append(unit);
                    break;
            }
        }

        return text.Append('"').ToString();
    }

    /// <summary>An object of the members that are not null, in any order, among members that nobody knows.</summary>
    /// <param name="ordered">Keeps the order of the members.</param>
    public string Object(bool ordered, params IEnumerable<(string Name, string? Value)> members)
    {
        var kept = members.Where(m => m.Value is not null).ToList();
        if (random.Next(4) == 0)
        {
            kept.Insert(random.Next(kept.Count + 1), ("x_note", Text(Decoy())));
        }

        if (random.Next(8) == 0)
        {
            kept.Insert(random.Next(kept.Count + 1), ("x_nested", "{\"usage\":{\"prompt_tokens\":77},\"a\":[[{\"model\":\"no\"}]]}"));
        }

        if (!ordered)
        {
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(kept));
        }

        return "{" + Space() + string.Join(
            Space() + "," + Space(),
            kept.Select(m => "\"" + m.Name + "\"" + Space() + ":" + Space() + m.Value)) + Space() + "}";
    }

    public string Array(params IEnumerable<string> items) => "[" + Space() + string.Join("," + Space(), items) + Space() + "]";

    /// <summary>A count as a provider may write it; rarely one that no provider can mean.</summary>
    public string Count(int most = 100_000) => random.Next(300) switch
    {
        0 => "-5",
        1 => "1.5",
        2 => "\"12\"",
        3 => "1000000000000000000",
        < 10 => "null",
        < 20 => random.Next(most).ToString(CultureInfo.InvariantCulture) + ".0",
        < 60 => "0",
        _ => random.Next(most).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>One value in <paramref name="outOf"/> times; else null, which leaves the member out.</summary>
    public string? Maybe(int outOf, Func<string> value) => random.Next(outOf) == 0 ? value() : null;

    /// <summary>An event stream of these data, each with the name beside it where it has one.</summary>
    public string Stream(IReadOnlyList<(string? Name, string Data)> events)
    {
        var end = random.Next(4) switch { 0 => "\r\n", 1 => "\r", _ => "\n" };
        var text = new StringBuilder();
        if (random.Next(20) == 0)
        {
            text.Append('\uFEFF');
        }

        for (var i = 0; i < events.Count; i++)
        {
            if (random.Next(10) == 0)
            {
                text.Append(_comments[random.Next(_comments.Length)]).Append(end);
                text.Append(random.Next(2) == 0 ? end : "");
            }

            if (events[i].Name is { } name)
            {
                text.Append("event:").Append(random.Next(5) == 0 ? "" : " ").Append(name).Append(end);
            }

            if (random.Next(30) == 0)
            {
                text.Append("id: ").Append(i).Append(end);
            }

            text.Append("data:").Append(random.Next(5) == 0 ? "" : " ").Append(events[i].Data).Append(end);
            if (i + 1 < events.Count || random.Next(4) != 0)
            {
                text.Append(end).Append(random.Next(15) == 0 ? end : "");
            }
        }

        return text.ToString();
    }

    private string Space() => _spaces[random.Next(_spaces.Length)];
}
