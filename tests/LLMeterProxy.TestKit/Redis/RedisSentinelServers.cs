using System.Globalization;

namespace LLMeterProxy.TestKit.Redis;

/// <summary>A primary, its replica, and sentinels that fail over between them.</summary>
public sealed class RedisSentinelServers : IAsyncDisposable
{
    /// <summary>The name that the sentinels watch under.</summary>
    public const string ServiceName = "llmeter";

    private readonly List<RedisServer> _sentinels = [];

    private RedisSentinelServers(RedisServer first, RedisServer second)
    {
        Servers = [first, second];
    }

    /// <summary>The first is the primary at the start.</summary>
    public IReadOnlyList<RedisServer> Servers { get; }

    public IReadOnlyList<RedisServer> Sentinels => _sentinels;

    /// <summary>A client's configuration that asks the sentinels for the primary.</summary>
    public string Configuration => string.Join(',', _sentinels.Select(s => s.EndPoint)) + ",serviceName=" + ServiceName;

    /// <summary>Who is primary now, by the word of the first sentinel.</summary>
    public RedisServer Primary
    {
        get
        {
            var address = (List<object?>)_sentinels[0].Command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", ServiceName)!;
            return Servers.First(s => string.Equals(s.Port.ToString(CultureInfo.InvariantCulture), (string?)address[1], StringComparison.Ordinal));
        }
    }

    public RedisServer Replica => Servers.First(s => s != Primary);

    /// <param name="sentinels">1 to 3; the majority decides.</param>
    public static async Task<RedisSentinelServers> StartAsync(int sentinels = 1, RedisPersistence persistence = RedisPersistence.None)
    {
        var primary = await RedisServer.StartAsync(persistence, "--repl-diskless-sync-delay", "0");
        var port = primary.Port.ToString(CultureInfo.InvariantCulture);
        var servers = new RedisSentinelServers(
            primary,
            await RedisServer.StartAsync(persistence, "--repl-diskless-sync-delay", "0", "--replicaof", "127.0.0.1", port));
        try
        {
            await servers.UntilReplicatesAsync();
            for (var i = 0; i < sentinels; i++)
            {
                servers._sentinels.Add(await SentinelAsync(port, (sentinels / 2) + 1));
            }

            foreach (var sentinel in servers._sentinels)
            {
                await Patience.UntilAsync(
                    () => Count(sentinel, "REPLICAS") == 1 && Count(sentinel, "SENTINELS") == sentinels - 1, "the sentinels know the replica and each other");
            }

            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the replica the primary; returns when it is and the other follows it.</summary>
    public async Task FailOverAsync()
    {
        var next = Replica;
        await Patience.UntilAsync(() => TryFailOver(_sentinels[0]), "a sentinel accepts the fail-over");
        await UntilPrimaryAsync(next);

        // Not any server that follows: a sentinel that has not seen the end of the fail-over can turn the new primary back for a while.
        await Patience.UntilAsync(() => Leads(next) && Follows(Servers.First(s => s != next)), "the former primary follows the new one");
    }

    /// <summary>Waits until every sentinel names this server, as it comes to after the primary died.</summary>
    public async Task UntilPrimaryAsync(RedisServer server)
    {
        await Patience.UntilAsync(() => Primary == server, "the sentinels name the new primary");
        await Patience.UntilAsync(() => string.Equals(server.InfoLine("replication", "role"), "master", StringComparison.Ordinal), "it is the primary");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _sentinels.Concat(Servers))
        {
            await server.DisposeAsync();
        }
    }

    private static bool TryFailOver(RedisServer sentinel)
    {
        try
        {
            sentinel.Command("SENTINEL", "FAILOVER", ServiceName);
            return true;
        }
        catch (InvalidOperationException e) when (e.Message.StartsWith("INPROG", StringComparison.Ordinal) || e.Message.StartsWith("NOGOODSLAVE", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static int Count(RedisServer sentinel, string what) => ((List<object?>)sentinel.Command("SENTINEL", what, ServiceName)!).Count;

    private static async Task<RedisServer> SentinelAsync(string primaryPort, int quorum)
    {
        // A sentinel rewrites its configuration file, so that each has one of its own.
        var server = new RedisServer(RedisServer.FreePort(), ["sentinel.conf"], "redis-sentinel");
        await File.WriteAllLinesAsync(
            Path.Combine(server.DataDirectory, "sentinel.conf"),
            [
                "bind 127.0.0.1",
                "protected-mode no",
                $"sentinel monitor {ServiceName} 127.0.0.1 {primaryPort} {quorum}",
                $"sentinel down-after-milliseconds {ServiceName} 500",
                $"sentinel failover-timeout {ServiceName} 3000",
            ]);
        await server.StartAgainAsync();
        return server;
    }

    private async Task UntilReplicatesAsync() => await Patience.UntilAsync(() => Servers.Any(Follows), "the replica follows");

    private static bool Leads(RedisServer server)
    {
        try
        {
            return server.InfoLine("replication", "role") is "master" && server.InfoLine("replication", "connected_slaves") is "1";
        }
        catch (IOException)
        {
            return false;
        }
    }

    // A sentinel cuts the clients off a server whose role it changes.
    private static bool Follows(RedisServer server)
    {
        try
        {
            return server.InfoLine("replication", "role") is "slave" && server.InfoLine("replication", "master_link_status") is "up";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
