using System.Text;
using System.Text.Json;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Fuzz.Writing;

namespace LLMeterProxy.Fuzz.Targets;

/// <summary>
/// Bodies that are cut, changed, doubled and mixed, read by any dialect: nothing throws, no byte is lost, and the report is the
/// same for every split (A39, A43, T63).
/// </summary>
internal sealed class DamageTarget : IFuzzTarget
{
    private static readonly byte[] _marks = "\"\\{}[],:\n\r 0-e\u00ff"u8.ToArray();

    private static readonly (string Kind, string Path)[] _readers = [.. Readers()];

    public string Name => $"damaged bodies, {_readers.Length} readers";

    public string? Run(Random random)
    {
        var body = Damage(random, Encoding.UTF8.GetBytes(Write(random)));
        var (kind, path) = _readers[random.Next(_readers.Length)];
        var type = random.Next(3) switch { 0 => null, 1 => "text/event-stream", _ => "application/json" };
        var whole = Played.Of(ReadingCheck.Collector(kind, path, type), body, []);
        var split = Played.Of(ReadingCheck.Collector(kind, path, type), body, Played.Cuts(random, body.Length));
        var problem = whole.Problem
            ?? split.Problem
            ?? (whole.Client.AsSpan().SequenceEqual(body) ? null : "the client's bytes differ")
            ?? (split.Client.AsSpan().SequenceEqual(body) ? null : "the client's bytes differ under a split")
            ?? (Text(whole.Report) == Text(split.Report) ? null : $"whole {Text(whole.Report)}\nsplit {Text(split.Report)}");
        return problem is null ? null : $"{kind} {path} {type}: {problem}\n{Encoding.UTF8.GetString(body)}";
    }

    private static string Write(Random random)
    {
        var wire = new WireWriter(random);
        return random.Next(4) switch
        {
            0 => ChatTarget.Write(wire, random, random.Next(2) == 0),
            1 => ResponsesTarget.Write(wire, random, random.Next(2) == 0),
            2 => MessagesTarget.Write(wire, random, random.Next(2) == 0),
            _ => GeminiTarget.Write(wire, random, random.Next(3)),
        };
    }

    private static byte[] Damage(Random random, byte[] body)
    {
        var bytes = new List<byte>(body);
        for (var i = random.Next(6); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = _marks[random.Next(_marks.Length)];
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(20), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(60), bytes.Count - at)));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Every metered route of every dialect, with a model where the path wants one.</summary>
    private static IEnumerable<(string, string)> Readers()
    {
        foreach (var dialect in ReadingCheck.Dialects.All)
        {
            foreach (var route in dialect.Routes.Where(r => r.Treatment == RouteTreatment.Metered))
            {
                var path = route.Template.Replace("{prefix}", "v1", StringComparison.Ordinal);
                while (path.IndexOf('{', StringComparison.Ordinal) is var open and >= 0)
                {
                    path = path[..open] + "model-1" + path[(path.IndexOf('}', StringComparison.Ordinal) + 1)..];
                }

                if (dialect.Match(route.Method, path, "").Match is not null)
                {
                    yield return (dialect.Kind, path);
                }
            }
        }
    }

    private static string Text(UsageReport report) =>
        JsonSerializer.Serialize(report with { RawUsage = default }) + Encoding.UTF8.GetString(report.RawUsage.Span);
}
