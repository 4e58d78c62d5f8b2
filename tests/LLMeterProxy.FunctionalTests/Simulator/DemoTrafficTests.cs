using System.Collections.Concurrent;
using LLMeterProxy.Simulator.Demo;
using LLMeterProxy.Simulator.Scripting;
using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.FunctionalTests.Simulator;

public sealed class DemoTrafficTests
{
    [Fact]
    public async Task The_ingest_loop_goes_on_until_it_is_refused_and_the_others_are_served_on()
    {
        await using var sim = await SimulatorFixture.StartAsync();
        var reports = new ConcurrentQueue<DemoProgress>();
        // A gateway's cap, played by the simulator: the ingest key is refused from its eleventh document on.
        var ingested = 0;
        sim.Host.Script(new Scenario { Status = 402 }, times: int.MaxValue, when: r => r.Header("authorization") == "Bearer ingest" && Interlocked.Increment(ref ingested) > 10);

        await new DemoTraffic(new DemoTrafficOptions
        {
            Gateway = sim.Host.BaseUrl,
            ChatKey = "chat",
            SupportKey = "support",
            IngestKey = "ingest",
            MaxCalls = 13,
            IngestPause = TimeSpan.Zero,
            ChatPause = TimeSpan.Zero,
            SupportPause = TimeSpan.Zero,
        }).RunAsync(new Sink(reports), CancellationToken.None);

        await sim.Host.WhenIdleAsync();
        var last = reports.Where(r => r.IsFinished).ToDictionary(r => r.Tenant);
        Assert.Equal(10, last[DemoTraffic.IngestTenant].Answered);
        Assert.Contains(reports, r => r.LastStatus == 402 && r.Note.EndsWith("the cap is reached", StringComparison.Ordinal));
        Assert.InRange(last[DemoTraffic.IngestTenant].Failed, 1, 4);
        Assert.Equal((13, 0), (last[DemoTraffic.ChatTenant].Answered, last[DemoTraffic.ChatTenant].Failed));
        Assert.Equal((13, 0), (last[DemoTraffic.SupportTenant].Answered, last[DemoTraffic.SupportTenant].Failed));
        Assert.Equal(13, sim.Host.Bills.Count(b => b.Shape == ProviderShape.Anthropic));
        Assert.All(sim.Host.Bills, b => Assert.NotNull(b.NanoUsd));
    }

    [Fact]
    public async Task Cancelling_ends_it_quietly()
    {
        await using var sim = await SimulatorFixture.StartAsync();
        using var cancel = new CancellationTokenSource();
        var reports = new ConcurrentQueue<DemoProgress>();
        var traffic = new DemoTraffic(new DemoTrafficOptions { Gateway = sim.Host.BaseUrl, ChatKey = "a", SupportKey = "b", IngestKey = "c" });

        await traffic.RunAsync(new Sink(reports, cancel.Cancel), cancel.Token);

        Assert.NotEmpty(reports);
    }

    private sealed class Sink(ConcurrentQueue<DemoProgress> reports, Action? then = null) : IProgress<DemoProgress>
    {
        public void Report(DemoProgress value)
        {
            reports.Enqueue(value);
            then?.Invoke();
        }
    }
}
