using LLMeterProxy.LoadTests.Accounts;
using LLMeterProxy.LoadTests.Processes;
using Microsoft.Data.Sqlite;

namespace LLMeterProxy.LoadTests.Crash;

/// <summary>Load, kills, restarts, rest; then everything that the judgement needs.</summary>
internal sealed class CrashRun(CrashOptions options, TimeProvider time) : IDisposable
{
    // A node that is killed while it recovers must recover from that too: so often a second kill follows the first.
    private const int StartKillEvery = 5;
    private const string Node = "proxy";
    private const int MinMs = 50;
    private const int MaxMs = 800;
    private const decimal TightUsdPerKill = 0.003m;

    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan _lastLoad = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _restLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(100);

    private readonly Random _random = new(options.Seed);
    private readonly List<Kill> _kills = [];
    private SimulatorProcess? _simulator;
    private ProxyProcess? _proxy;
    private NodeGate? _gate;
    private Workload? _workload;
    private CapWatch? _caps;

    public List<double> StartupsMs { get; } = [];

    public async Task<Books> RunAsync()
    {
        _simulator = await SimulatorProcess.StartAsync(options.ProxyDll, options.Directory);
        _proxy = new ProxyProcess(options.ProxyDll, options.Directory, _simulator.Url, Ports.Take(2, _random), new Dictionary<string, string>(), []);
        _caps = new CapWatch([_proxy], Tenants.Strict, Tenants.StrictTight);
        _gate = new NodeGate(Node, _proxy.GatewayUrl);
        await StartAsync();
        var keys = await Tenants.CreateAsync(_proxy, TightUsdPerKill * (options.Kills + 1));
        _workload = new Workload([_gate], keys, options.Seed, time);
        using var stop = new CancellationTokenSource();
        var load = _workload.RunAsync(options.Clients, stop.Token);
        var watch = _caps.RunAsync(stop.Token);
        try
        {
            for (var number = 1; number <= options.Kills; number++)
            {
                await KillOnceAsync(number);
            }

            _gate.Open();
            await Task.Delay(_lastLoad, time);
        }
        finally
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(load, watch);
        return await RestAsync();
    }

    public void Dispose()
    {
        _workload?.Dispose();
        _proxy?.Dispose();
        _simulator?.Dispose();
    }

    private async Task StartAsync()
    {
        var started = time.GetTimestamp();
        _proxy!.Start();
        await _proxy.WaitReadyAsync(_startLimit);
        StartupsMs.Add(time.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>The node is ready before and after.</summary>
    private async Task KillOnceAsync(int number)
    {
        var underLoad = number % 2 == 0 ? KillAim.Answered : KillAim.Ready;
        _gate!.Open();
        if (underLoad == KillAim.Answered)
        {
            await _gate.Answered.WaitAsync(_startLimit);
        }

        await KillAfterDelayAsync(underLoad, StartupsMs[^1]);
        if (number % StartKillEvery == 0)
        {
            _proxy!.Start();
            await KillAfterDelayAsync(KillAim.Started, null);
        }

        await StartAsync();
    }

    private async Task KillAfterDelayAsync(KillAim aim, double? startupMs)
    {
        // A start takes as long as it takes: the kill may fall anywhere in it.
        var maxMs = aim == KillAim.Started ? Math.Max(MaxMs, (int)StartupsMs[^1]) : MaxMs;
        var afterMs = _random.Next(MinMs, maxMs + 1);
        await Task.Delay(TimeSpan.FromMilliseconds(afterMs), time);
        var from = time.GetUtcNow();
        _proxy!.Kill();
        _gate!.Shut();
        var kill = new Kill(_kills.Count + 1, Node, aim, afterMs, from, time.GetUtcNow(), startupMs);
        _kills.Add(kill);
        Console.WriteLine($"kill {kill.Number,3}  {kill}  ({_workload!.Calls.Count} calls so far)");
    }

    /// <summary>Nothing is under way: live figures, an orderly restart, live figures again, and the files.</summary>
    private async Task<Books> RestAsync()
    {
        var atRest = await WaitForNoHoldsAsync();
        await _proxy!.StopAsync();
        await StartAsync();
        var rebuilt = await LiveFigures.ReadAsync(_proxy);
        await _proxy.StopAsync();
        var bills = await _simulator!.ReadBillsAsync(_restLimit);
        await using var ledger = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(_proxy.DataDirectory, "ledger.db"),
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ToString());
        await ledger.OpenAsync();
        return new Books
        {
            Calls = _workload!.Calls,
            Kills = _kills,
            Bills = bills,
            Ledger = LedgerBooks.Read(ledger),
            Caps = _caps!,
            AtRest = atRest,
            Rebuilt = rebuilt,
            ProductLog = await File.ReadAllTextAsync(_proxy.LogPath),
        };
    }

    /// <summary>A drain of a client that left may still hold something; what holds on after the limit is judged as it is.</summary>
    private async Task<LiveFigures> WaitForNoHoldsAsync()
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var figures = await LiveFigures.ReadAsync(_proxy!);
            if (figures.Budgets.All(b => b.Held.Value == 0) || time.GetElapsedTime(started) > _restLimit)
            {
                return figures;
            }

            await Task.Delay(_poll, time);
        }
    }
}
