using LLMeterProxy.Benchmarks.Load;
using LLMeterProxy.Benchmarks.Servers;

namespace LLMeterProxy.Benchmarks;

/// <summary>
/// Runs every workload against every target in turn, round after round: A B C D, A B C D. What a busy machine does to one
/// of them it does to the next as well, and the ratio of two medians says more than either.
/// </summary>
internal static class ComparedRun
{
    private const int WarmUpSlices = 10;
    private const int SliceRequests = 3_000;
    private const int StreamShare = 20;

    public static async Task<int> RunAsync(RunOptions options)
    {
        await using var fleet = await Fleet.StartAsync(options);
        var targets = fleet.Targets;
        List<Workload> workloads = [.. Workload.All.Where(w => options.Workloads.Count == 0 || options.Workloads.Contains(w.Name))];

        var report = new Report(options, targets);
        report.PrintMachine();
        foreach (var target in targets)
        {
            for (var slice = 0; slice < WarmUpSlices; slice++)
            {
                await MeasureAsync(target, Workload.All[0], SliceRequests, options.Connections);
                await WaitUntilIdleAsync(target);
            }
        }

        foreach (var workload in workloads)
        {
            var requests = workload.IsStream ? options.Requests / StreamShare : options.Requests;
            var connections = workload.Pace > TimeSpan.Zero ? options.Connections * 4 : options.Connections;
            foreach (var target in targets)
            {
                await MeasureAsync(target, workload, Math.Max(connections, requests / 4), connections);
                await WaitUntilIdleAsync(target);
            }

            for (var round = 0; round < options.Rounds; round++)
            {
                foreach (var target in targets)
                {
                    report.Add(workload, target, await MeasureAsync(target, workload, requests, connections));
                }
            }

            report.Print(workload);
        }

        report.PrintMemory();
        if (options.Hold)
        {
            Console.WriteLine("Holding; Enter ends.");
            Console.ReadLine();
        }

        return 0;
    }

    /// <summary>The time until the ledger has everything is in the measurement: shipping is a part of the work.</summary>
    private static async Task<Measurement> MeasureAsync(Target target, Workload workload, int requests, int connections)
    {
        var before = target.Measured.CpuTime();
        var load = await LoadDriver.RunAsync(target.BaseUrl, target.Path, target.Key, workload, requests, connections);
        if (target.Node is { } node)
        {
            await node.VerifyAsync(requests);
        }

        var cpu = target.Measured.CpuTime() - before;
        return new Measurement(cpu.TotalMicroseconds / requests, requests / load.Elapsed.TotalSeconds);
    }

    /// <summary>
    /// The runtime compiles what is hot in the background, and begins only when no new code came for a while: a warm-up
    /// without pauses leaves that work to the rounds that count.
    /// </summary>
    private static async Task WaitUntilIdleAsync(Target target)
    {
        var before = TimeSpan.Zero;
        for (var i = 0; i < 50 && target.Measured.CpuTime() - before > TimeSpan.FromMilliseconds(10); i++)
        {
            before = target.Measured.CpuTime();
            await Task.Delay(300);
        }
    }
}
