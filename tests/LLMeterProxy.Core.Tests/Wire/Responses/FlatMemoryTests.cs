using System.Text;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>
/// Memory per response is flat whatever the dialect and whatever the body is made of (T67): once a meter has its buffers,
/// megabytes more allocate nothing. The lengths that are named (600,000 tokens, a line of 10 MB) are in <see cref="RobustnessTests"/>.
/// </summary>
[Trait("Acceptance", "T67")]
public class FlatMemoryTests
{
    // A verdict or a list may grow once; a byte per event or per chunk would be hundreds of kilobytes.
    private const long Slack = 64 * 1024;

    private static readonly (string Name, string Opening, string Repeated)[] _bodies =
    [
        ("events", "data: {\"model\":\"m\",\"modelVersion\":\"m\",\"message\":{\"model\":\"m\"},\"response\":{\"model\":\"m\"},\"type\":\"x\"}\n\n", "data: {\"type\":\"delta\",\"delta\":{\"text\":\"word\",\"content\":\"word\"}}\n\n"),
        ("JSON lines", "{\"model\":\"m\"}\n", "{\"model\":\"m\",\"message\":{\"content\":\"word\"},\"text\":\"word\",\"done\":false}\n"),
        ("an event without an end", "data: {\"choices\":[{\"delta\":{\"content\":\"", new string('x', 64)),
        ("a name without an end", "event: ", new string('x', 64)),
        ("a comment without an end", ": ", new string('x', 64)),
        ("a string without an end", "{\"choices\":[{\"message\":{\"content\":\"", new string('x', 64)),
        ("a usage without an end", "{\"usage\":{\"x\":\"", new string('x', 64)),
        ("an array without an end", "[", "{\"a\":1},"),
        ("nesting without an end", "{\"a\":", "[[[[[[[["),
        ("no format", "no format at all", new string('x', 64)),
        ("zeros", "\0\0\0\0", new string('\0', 64)),
    ];

    public static TheoryData<string, string> Routes { get; } = MeteredRoutes();

    [Theory]
    [MemberData(nameof(Routes))]
    public void A_response_of_any_length_is_read_in_the_memory_of_its_first_part(string kind, string path)
    {
        var dialect = new DialectCatalog().Find(kind)!;
        foreach (var (name, opening, repeated) in _bodies)
        {
            foreach (var type in (string?[])["text/event-stream", "application/json", "application/x-ndjson", "application/vnd.amazon.eventstream"])
            {
                var collector = dialect.CreateCollector(dialect.Match("POST", path, "").Match!, RequestFacts.Empty, new ResponseHead(type));
                Assert.True(Growth(collector, opening, repeated) < Slack, $"{name} as {type} grows");
            }
        }
    }

    private static long Growth(IUsageCollector collector, string opening, string repeated)
    {
        var part = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(repeated, Math.Max(1, 8192 / repeated.Length))));
        collector.Observe(Encoding.UTF8.GetBytes(opening));
        for (var i = 0; i < 60; i++)
        {
            collector.Observe(part);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 300; i++)
        {
            collector.Observe(part);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static TheoryData<string, string> MeteredRoutes()
    {
        var routes = new TheoryData<string, string>();
        foreach (var dialect in new DialectCatalog().All)
        {
            foreach (var route in dialect.Routes)
            {
                if (route.Treatment != RouteTreatment.Metered || route.Method != "POST")
                {
                    continue;
                }

                var path = route.Template.Replace("{prefix}", "v1", StringComparison.Ordinal);
                while (path.IndexOf('{', StringComparison.Ordinal) is var open and >= 0)
                {
                    path = path[..open] + "model-1" + path[(path.IndexOf('}', StringComparison.Ordinal) + 1)..];
                }

                routes.Add(dialect.Kind, path);
            }
        }

        return routes;
    }
}
