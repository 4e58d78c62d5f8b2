using System.Diagnostics.Metrics;
using LLMeterProxy.TestKit;
using LLMeterProxy.TestKit.Redis;

namespace LLMeterProxy.FunctionalTests.Docs;

/// <summary>docs/metrics.md names every instrument of a running node as Prometheus sees it.</summary>
public sealed class MetricsPageTests
{
    [Fact]
    public async Task The_page_names_every_instrument_those_of_Redis_too()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith("LLMeterProxy.", StringComparison.Ordinal))
                {
                    lock (names)
                    {
                        names.Add(PrometheusName(instrument));
                    }
                }
            },
        };
        listener.Start();
        await using var redis = await RedisServer.StartAsync();
        await using var node = await TestNode.StartAsync(new TestNodeOptions
        {
            Settings = new Dictionary<string, string> { ["LLMeter:Redis:Configuration"] = redis.EndPoint },
        });
        Assert.Equal(names.Order(StringComparer.Ordinal), Pages.Rows("docs/metrics.md", "llmeter_").Select(r => Pages.Code(r[0])!).Order(StringComparer.Ordinal));
    }

    private static string PrometheusName(Instrument instrument)
    {
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var type = instrument.GetType().GetGenericTypeDefinition();
        return instrument.Name + unit + (type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? "_total" : "");
    }
}
