using LLMeterProxy.Simulator.Billing;

namespace LLMeterProxy.LoadTests.Processes;

/// <summary>The simulated providers as a process that outlives the proxy's.</summary>
internal sealed class SimulatorProcess : IDisposable
{
    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _quiet = TimeSpan.FromSeconds(1);

    private readonly ChildProcess _process;
    private readonly string _billLog;

    private SimulatorProcess(ChildProcess process, string billLog, string url)
    {
        _process = process;
        _billLog = billLog;
        Url = url;
    }

    /// <summary>Without a trailing slash.</summary>
    public string Url { get; }

    public static async Task<SimulatorProcess> StartAsync(string proxyDll, string directory)
    {
        const string Ready = "simulator listening on ";
        var billLog = Path.Combine(directory, "bills.jsonl");
        var url = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = ChildProcess.Start("simulator", "dotnet", [proxyDll, "simulator", "--bill-log", billLog], directory, line =>
        {
            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                url.TrySetResult(line[Ready.Length..].Trim());
            }
        });
        return new SimulatorProcess(process, billLog, await url.Task.WaitAsync(_startLimit));
    }

    /// <summary>The bill, once nothing more is being added to it. An entry is written when its dispatch has ended.</summary>
    public async Task<IReadOnlyList<BillEntry>> ReadBillsAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        for (var before = -1L; ;)
        {
            var length = new FileInfo(_billLog).Length;
            if (length == before)
            {
                return BillLog.Read(_billLog);
            }

            before = length;
            await Task.Delay(_quiet, deadline.Token);
        }
    }

    public void Dispose() => _process.Dispose();
}
