using System.Globalization;

namespace LLMeterProxy.TestKit.Redis;

/// <summary>A real Redis Cluster of three primaries, each with a third of the slots.</summary>
public sealed class RedisClusterServers : IAsyncDisposable
{
    private const int Slots = 16_384;

    private readonly List<RedisServer> _nodes = [];

    private RedisClusterServers()
    {
    }

    public IReadOnlyList<RedisServer> Nodes => _nodes;

    /// <summary>All end points, as a client's configuration takes them.</summary>
    public string EndPoints => string.Join(',', _nodes.Select(n => n.EndPoint));

    public static async Task<RedisClusterServers> StartAsync()
    {
        var cluster = new RedisClusterServers();
        try
        {
            for (var i = 0; i < 3; i++)
            {
                cluster._nodes.Add(await RedisServer.StartAsync(
                    RedisPersistence.None, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-require-full-coverage", "no"));
            }

            await cluster.FormAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Moves one hash slot, with its keys, to another node, as a resharding does.</summary>
    public static void MoveSlot(int slot, RedisServer from, RedisServer to)
    {
        var number = slot.ToString(CultureInfo.InvariantCulture);
        var (source, target) = (Id(from), Id(to));
        to.Command("CLUSTER", "SETSLOT", number, "IMPORTING", source);
        from.Command("CLUSTER", "SETSLOT", number, "MIGRATING", target);
        var keys = ((List<object?>)from.Command("CLUSTER", "GETKEYSINSLOT", number, "1000")!).Cast<string>().ToList();
        if (keys.Count > 0)
        {
            from.Command(["MIGRATE", "127.0.0.1", to.Port.ToString(CultureInfo.InvariantCulture), "", "0", "5000", "KEYS", .. keys]);
        }

        to.Command("CLUSTER", "SETSLOT", number, "NODE", target);
        from.Command("CLUSTER", "SETSLOT", number, "NODE", target);
    }

    /// <summary>The node that has a hash slot.</summary>
    public RedisServer OwnerOf(int slot)
    {
        foreach (var range in ((List<object?>)_nodes[0].Command("CLUSTER", "SLOTS")!).Cast<List<object?>>())
        {
            if (slot >= (long)range[0]! && slot <= (long)range[1]!)
                return _nodes.First(n => n.Port == (long)((List<object?>)range[2]!)[1]!);
        }

        throw new InvalidOperationException($"Nobody has slot {slot}.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private static string Id(RedisServer node) => (string)node.Command("CLUSTER", "MYID")!;

    private async Task FormAsync()
    {
        for (var i = 0; i < _nodes.Count; i++)
        {
            var (first, end) = (Slots * i / _nodes.Count, Slots * (i + 1) / _nodes.Count);
            _nodes[i].Command("CLUSTER", "ADDSLOTSRANGE", first.ToString(CultureInfo.InvariantCulture), (end - 1).ToString(CultureInfo.InvariantCulture));
            _nodes[i].Command("CLUSTER", "SET-CONFIG-EPOCH", (i + 1).ToString(CultureInfo.InvariantCulture));
        }

        foreach (var other in _nodes.Skip(1))
        {
            other.Command("CLUSTER", "MEET", "127.0.0.1", _nodes[0].Port.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var node in _nodes)
        {
            await Patience.UntilAsync(() => Info(node, "cluster_state:ok") && Info(node, $"cluster_known_nodes:{_nodes.Count}"), "the cluster is formed");
        }
    }

    private static bool Info(RedisServer node, string line) => ((string)node.Command("CLUSTER", "INFO")!).Contains(line + "\r\n", StringComparison.Ordinal);
}
