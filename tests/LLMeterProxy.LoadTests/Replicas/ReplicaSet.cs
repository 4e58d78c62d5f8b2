using LLMeterProxy.LoadTests.Accounts;
using LLMeterProxy.LoadTests.Processes;
using LLMeterProxy.TestKit.Postgres;
using LLMeterProxy.TestKit.Redis;

namespace LLMeterProxy.LoadTests.Replicas;

/// <summary>Three proxies on one Redis and one PostgreSQL, before one simulated provider: every part a process of its own.</summary>
internal sealed class ReplicaSet : IAsyncDisposable
{
    private const int Count = 3;

    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(50);

    private readonly PostgresServer _postgres;
    private readonly TimeProvider _time;

    private ReplicaSet(RedisServer redis, PostgresServer postgres, SimulatorProcess simulator, TimeProvider time) =>
        (Redis, _postgres, Simulator, _time) = (redis, postgres, simulator, time);

    public RedisServer Redis { get; }

    public SimulatorProcess Simulator { get; }

    public IReadOnlyList<ReplicaNode> Nodes { get; private set; } = [];

    /// <summary>The database of the ledger.</summary>
    public string Database { get; private set; } = "";

    public List<double> StartupsMs { get; } = [];

    public static async Task<ReplicaSet> StartAsync(ReplicaOptions options, Random random, TimeProvider time)
    {
        var set = new ReplicaSet(
            await RedisServer.StartAsync(), PostgresServer.Start(), await SimulatorProcess.StartAsync(options.ProxyDll, options.Directory), time);
        try
        {
            set.Database = set._postgres.CreateDatabase();
            var settings = new Dictionary<string, string>
            {
                ["LLMeter:Redis:Configuration"] = set.Redis.EndPoint,

                // Three nodes, their clients and the provider share few cores here: what is late is slow, not gone.
                ["LLMeter:Redis:OperationTimeout"] = "5",
                ["LLMeter:Postgres:ConnectionString"] = set.Database,
                ["LLMeter:Pepper"] = "pepper-of-the-replica-test-0123456789abcdef",
            };
            var ports = Ports.Take(2 * Count, random);
            set.Nodes =
            [
                .. Enumerable.Range(0, Count).Select(i =>
                {
                    var name = $"node-{i + 1}";
                    var directory = Directory.CreateDirectory(Path.Combine(options.Directory, name)).FullName;
                    var process = new ProxyProcess(options.ProxyDll, directory, set.Simulator.Url, [ports[2 * i], ports[(2 * i) + 1]], settings, []);
                    return new ReplicaNode(process, new NodeGate(name, process.GatewayUrl));
                }),
            ];
            await Task.WhenAll(set.Nodes.Select(set.StartAsync));
            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when the node takes calls, and lets the load to it.</summary>
    public async Task StartAsync(ReplicaNode node)
    {
        var started = _time.GetTimestamp();
        node.Process.Start();
        await node.Process.WaitReadyAsync(_startLimit);
        node.StartupMs = _time.GetElapsedTime(started).TotalMilliseconds;
        StartupsMs.Add(node.StartupMs);
        node.Gate.Open();
    }

    /// <summary>Returns when every node answers that a path of its admin API exists: a change on one of them has reached all.</summary>
    public async Task WaitKnownAsync(string path)
    {
        var started = _time.GetTimestamp();
        foreach (var node in Nodes)
        {
            while (!await IsKnownAsync(node, path))
            {
                if (_time.GetElapsedTime(started) > _startLimit)
                {
                    throw new TimeoutException($"{node.Gate.Name} does not know {path}.");
                }

                await Task.Delay(_poll, _time);
            }
        }
    }

    public string ReadLogs() => string.Concat(Nodes.Select(n => File.ReadAllText(n.Process.LogPath)));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            node.Process.Dispose();
        }

        Simulator.Dispose();
        await Redis.DisposeAsync();
        _postgres.Dispose();
    }

    private static async Task<bool> IsKnownAsync(ReplicaNode node, string path)
    {
        try
        {
            await node.Process.GetAsync(path);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
