using System.Globalization;
using System.Text.RegularExpressions;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Metrics;

/// <summary>What <c>/metrics</c> says at one moment.</summary>
internal sealed partial class Scrape
{
    private Scrape(IReadOnlyList<Series> series, IReadOnlyDictionary<string, string> types)
    {
        Series = series;
        Types = types;
    }

    public IReadOnlyList<Series> Series { get; }

    /// <summary>Family name → <c>counter</c>, <c>gauge</c>, <c>histogram</c>.</summary>
    public IReadOnlyDictionary<string, string> Types { get; }

    public static async Task<Scrape> OfAsync(TestNode node) => Parse(await node.Admin.GetStringAsync("/metrics"));

    public static Scrape Parse(string text)
    {
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        var series = new List<Series>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                types[words[2]] = words[3];
            }
            else if (line[0] != '#')
            {
                var match = Line().Match(line);
                Assert.True(match.Success, line);
                var labels = Label().Matches(match.Groups["labels"].Value).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value, StringComparer.Ordinal);
                series.Add(new Series(match.Groups["name"].Value, labels, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)));
            }
        }

        return new Scrape(series, types);
    }

    public IEnumerable<Series> Of(string name, params (string Name, string Value)[] labels) => Series
        .Where(s => s.Name == name && labels.All(l => s.Labels.TryGetValue(l.Name, out var value) && value == l.Value));

    /// <summary>0 where there is no such series.</summary>
    public double Sum(string name, params (string Name, string Value)[] labels) => Of(name, labels).Sum(s => s.Value);

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>\S+)( \d+)?$""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>([^"\\]|\\.)*)",?""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Label();
}
