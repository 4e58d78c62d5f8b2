using LLMeterProxy.LoadTests.Accounts;
using Npgsql;

namespace LLMeterProxy.LoadTests.Replicas;

/// <summary>Load on all nodes, kills of random ones, restarts, rest; then everything that the judgement needs.</summary>
internal sealed class KillRun(ReplicaSet replicas, ReplicaOptions options, Random random, TimeProvider time) : IDisposable
{
    private const int MinMs = 50;
    private const int MaxMs = 800;
    private const decimal TightUsdPerKill = 0.003m;

    // A node that is killed while it recovers must recover from that too.
    private const int StartKillEvery = 5;

    // Two nodes at once leave one.
    private const int PairEvery = 4;

    // So long that the others take the node for dead, charge what it held, and correct that when it comes back.
    private const int LongAbsenceEvery = 5;
    private static readonly TimeSpan _longAbsence = TimeSpan.FromSeconds(27);

    private static readonly TimeSpan _answerLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan _lastLoad = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _restLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(100);

    private readonly List<Kill> _kills = [];
    private Workload? _workload;

    public async Task<ReplicaBooks> RunAsync()
    {
        var nodes = replicas.Nodes;
        var keys = await Tenants.CreateAsync(nodes[0].Process, TightUsdPerKill * (options.Kills + 1));
        await replicas.WaitKnownAsync($"/api/v1/budgets/{Tenants.GlobalBudget}");
        _workload = new Workload([.. nodes.Select(n => n.Gate)], keys, options.Seed, time);
        var caps = new CapWatch([.. nodes.Select(n => n.Process)], Tenants.Strict, Tenants.StrictTight);
        using var stop = new CancellationTokenSource();
        var load = _workload.RunAsync(options.Clients, stop.Token);
        var watch = caps.RunAsync(stop.Token);
        try
        {
            while (_kills.Count < options.Kills)
            {
                await KillOnceAsync(_kills.Count + 1);
            }

            await Task.Delay(_lastLoad, time);
        }
        finally
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(load, watch);
        return await RestAsync(caps);
    }

    public void Dispose() => _workload?.Dispose();

    /// <summary>All nodes are ready before and after.</summary>
    private async Task KillOnceAsync(int number)
    {
        var node = replicas.Nodes[random.Next(replicas.Nodes.Count)];
        var aim = number % 2 == 0 ? KillAim.Answered : KillAim.Ready;
        if (aim == KillAim.Answered)
        {
            await node.Gate.Answered.WaitAsync(_answerLimit);
        }

        await KillAfterDelayAsync(node, aim, node.StartupMs);
        List<ReplicaNode> down = [node];
        if (number % PairEvery == 3 && _kills.Count < options.Kills)
        {
            var second = replicas.Nodes.First(n => n != node);
            await KillAfterDelayAsync(second, KillAim.Ready, second.StartupMs);
            down.Add(second);
        }

        if (number % StartKillEvery == 0 && _kills.Count < options.Kills)
        {
            node.Process.Start();
            await KillAfterDelayAsync(node, KillAim.Started, null);
        }

        if (number % LongAbsenceEvery == 2)
        {
            await Task.Delay(_longAbsence, time);
        }

        await Task.WhenAll(down.Select(replicas.StartAsync));
    }

    private async Task KillAfterDelayAsync(ReplicaNode node, KillAim aim, double? startupMs)
    {
        // A start takes as long as it takes: the kill may fall anywhere in it.
        var maxMs = aim == KillAim.Started ? Math.Max(MaxMs, (int)node.StartupMs) : MaxMs;
        var afterMs = random.Next(MinMs, maxMs + 1);
        await Task.Delay(TimeSpan.FromMilliseconds(afterMs), time);
        var from = time.GetUtcNow();
        node.Process.Kill();
        node.Gate.Shut();
        var kill = new Kill(_kills.Count + 1, node.Gate.Name, aim, afterMs, from, time.GetUtcNow(), startupMs);
        _kills.Add(kill);
        Console.WriteLine($"kill {kill.Number,3}  {kill.Node}  {kill}  ({_workload!.Calls.Count} calls so far)");
    }

    /// <summary>
    /// Nothing is under way: live figures of every node and of Redis; then Redis loses everything, and its counters are made again from the
    /// ledger; then the nodes end, and the files are read.
    /// </summary>
    private async Task<ReplicaBooks> RestAsync(CapWatch caps)
    {
        var nodes = replicas.Nodes;
        var atRest = await WaitForAsync(f => f.Budgets.All(b => b.Held.Value == 0));
        List<LiveFigures> onEveryNode = [atRest];
        foreach (var node in nodes.Skip(1))
        {
            onEveryNode.Add(await LiveFigures.ReadAsync(node.Process));
        }

        var redis = RedisCounters.Read(replicas.Redis);
        Console.WriteLine($"at rest, {_workload!.Calls.Count} calls; Redis loses everything");
        replicas.Redis.Kill();
        await replicas.Redis.StartAgainAsync();
        var rebuilt = await WaitForAsync(f => f.Budgets.SequenceEqual(atRest.Budgets));
        Console.WriteLine(rebuilt.Budgets.SequenceEqual(atRest.Budgets) ? "rebuilt" : "not rebuilt in time");
        List<int> exitCodes = [];
        foreach (var node in nodes)
        {
            node.Gate.Shut();
            exitCodes.Add(await node.Process.StopAsync());
        }

        var bills = await replicas.Simulator.ReadBillsAsync(_restLimit);
        await using var ledger = new NpgsqlConnection(replicas.Database);
        await ledger.OpenAsync();
        var books = new Books
        {
            Calls = _workload!.Calls,
            Kills = _kills,
            Bills = [.. bills.Where(b => b.Marker != ExactRun.Marker)],
            Ledger = LedgerBooks.Read(ledger).Of(Tenants.All),
            Caps = caps,
            AtRest = atRest,
            Rebuilt = rebuilt,

            // Nodes tell the time by Redis, as well as it can be measured on a machine where everything runs at once.
            ClockTolerance = TimeSpan.FromSeconds(1),
            ProductLog = replicas.ReadLogs(),
        };
        return new ReplicaBooks(books, onEveryNode, redis, exitCodes);
    }

    /// <summary>A drain of a client that left may still hold something; what does not come about within the limit is judged as it is.</summary>
    private async Task<LiveFigures> WaitForAsync(Func<LiveFigures, bool> condition)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var figures = await LiveFigures.ReadAsync(replicas.Nodes[0].Process);
            if (condition(figures) || time.GetElapsedTime(started) > _restLimit)
            {
                return figures;
            }

            await Task.Delay(_poll, time);
        }
    }
}
