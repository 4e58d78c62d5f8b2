using System.Globalization;
using System.Runtime.InteropServices;
using LLMeterProxy.Benchmarks.Servers;

namespace LLMeterProxy.Benchmarks;

/// <summary>Collects the rounds and prints them as Markdown.</summary>
internal sealed class Report(RunOptions options, IReadOnlyList<Target> targets)
{
    private readonly Dictionary<(string Workload, string Target), List<Measurement>> _rounds = [];

    public void Add(Workload workload, Target target, Measurement measurement)
    {
        var key = (workload.Name, target.Name);
        if (!_rounds.TryGetValue(key, out var rounds))
        {
            _rounds[key] = rounds = [];
        }

        rounds.Add(measurement);
    }

    public void PrintMachine()
    {
        var cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[^1];
        Console.WriteLine($"- machine: {Environment.ProcessorCount} cores, {cpu}; {RuntimeInformation.OSDescription}");
        Console.WriteLine($"- runtime: {RuntimeInformation.FrameworkDescription}, workstation GC (concurrent), tiered compilation with PGO (the defaults)");
        Console.WriteLine($"- run: {options.Rounds} rounds interleaved, {options.Requests} requests (streams: {options.Requests / 20}) a round and target, {options.Connections} connections");
    }

    public void Print(Workload workload)
    {
        var unit = workload.IsStream ? $"µs CPU a chunk ({Workload.Chunks} a stream)" : "µs CPU a request";
        var divisor = workload.IsStream ? Workload.Chunks : 1;
        Console.WriteLine();
        Console.WriteLine(Line($"### {workload.Name}: request {workload.RequestBody.Length} B, {(workload.IsStream ? "event" : "response")} {workload.Response.Length} B"));
        Console.WriteLine();
        Console.WriteLine($"| target | {unit}: median | min-max | times bare YARP | requests/s |");
        Console.WriteLine("|---|---|---|---|---|");
        var baseline = MedianCpu(workload, "yarp");
        foreach (var target in targets)
        {
            var rounds = _rounds[(workload.Name, target.Name)];
            var median = MedianCpu(workload, target.Name);
            Console.WriteLine(Line(
                $"| {target.Name} | {median / divisor:F2} | {rounds.Min(r => r.CpuMicros) / divisor:F2}-{rounds.Max(r => r.CpuMicros) / divisor:F2} | {(target.Name == "direct" ? "(upstream's own)" : Line($"{median / baseline:F2}"))} | {Median(rounds.Select(r => r.PerSecond)):F0} |"));
        }
    }

    public void PrintMemory()
    {
        Console.WriteLine();
        foreach (var target in targets)
        {
            Console.WriteLine(Line($"- peak memory of {target.Name}: {target.Measured.PeakMemoryBytes / (1024 * 1024)} MiB"));
        }
    }

    private double MedianCpu(Workload workload, string target) => Median(_rounds[(workload.Name, target)].Select(r => r.CpuMicros));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
