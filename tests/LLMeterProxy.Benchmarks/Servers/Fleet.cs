using LLMeterProxy.TestKit.Postgres;
using LLMeterProxy.TestKit.Redis;

namespace LLMeterProxy.Benchmarks.Servers;

/// <summary>
/// The targets of a run with the servers that they need, started when a target is wanted and ended together. The rungs of the ladder
/// each add one thing to the one before; what a rung costs is the difference.
/// </summary>
internal sealed class Fleet : IAsyncDisposable
{
    /// <summary>From nothing to everything; the rungs between bare YARP and the last.</summary>
    public static readonly IReadOnlyList<string> Ladder = ["yarp", "auth", "metering", "caps-in-process", "caps-on-redis", "ledger-on-postgres"];

    private static readonly string[] _compared = ["direct", "yarp", "process-crash", "power-loss"];

    private readonly List<Target> _targets = [];
    private readonly List<IDisposable> _owned = [];
    private RedisServer? _redis;
    private PostgresServer? _postgres;

    private Fleet()
    {
    }

    public IReadOnlyList<Target> Targets => _targets;

    /// <param name="names">Empty for those of the plain comparison. Bare YARP is always among them.</param>
    public static async Task<Fleet> StartAsync(RunOptions options)
    {
        var names = options.Targets.Count == 0 ? _compared : [.. options.Targets];
        var fleet = new Fleet();
        try
        {
            await fleet.StartAsync(options, names.Contains("yarp") ? names : ["yarp", .. names]);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = _owned.Count - 1; i >= 0; i--)
        {
            _owned[i].Dispose();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        _postgres?.Dispose();
    }

    private async Task StartAsync(RunOptions options, IEnumerable<string> names)
    {
        var self = typeof(Fleet).Assembly.Location;
        var port = ServerProcess.FreePort();
        var url = new Uri($"http://127.0.0.1:{port}/v1");
        var upstream = Owned(await ServerProcess.StartAsync(self, ["upstream", Text(port)], port));
        foreach (var name in names)
        {
            _targets.Add(name switch
            {
                "direct" => new Target(name, url, "none", upstream, null),
                "yarp" => await YarpAsync(name, self, url),
                "auth" => (await NodeAsync(options, url, new NodeSetUp(name, HasCap: false))).OfFreeCalls(name),
                "metering" => (await NodeAsync(options, url, new NodeSetUp(name, HasCap: false))).OfMeteredCalls(name),
                "caps-in-process" or "process-crash" => (await NodeAsync(options, url, new NodeSetUp(name))).OfMeteredCalls(name),
                "power-loss" => (await NodeAsync(options, url, new NodeSetUp(name, "PowerLoss"))).OfMeteredCalls(name),
                "caps-on-redis" => (await NodeAsync(options, url, new NodeSetUp(name, Redis: await RedisAsync("0")))).OfMeteredCalls(name),
                "ledger-on-postgres" => (await NodeAsync(
                    options, url, new NodeSetUp(name, Redis: await RedisAsync("1"), Postgres: Postgres()))).OfMeteredCalls(name),
                _ => throw new ArgumentException($"No such target: {name}. Known: {string.Join(", ", _compared.Union(Ladder))}."),
            });
        }
    }

    private async Task<Target> YarpAsync(string name, string self, Uri upstream)
    {
        var port = ServerProcess.FreePort();
        var yarp = Owned(await ServerProcess.StartAsync(self, ["yarp", Text(port), upstream.GetLeftPart(UriPartial.Authority)], port));
        return new Target(name, new Uri($"http://127.0.0.1:{port}/v1"), "none", yarp, null);
    }

    private async Task<ProductNode> NodeAsync(RunOptions options, Uri upstream, NodeSetUp setUp) =>
        Owned(await ProductNode.StartAsync(options.Product, setUp, upstream, options.DataRoot));

    // One server for all; a database of its own for each node, because each has a ledger of its own.
    private async Task<string> RedisAsync(string database)
    {
        _redis ??= await RedisServer.StartAsync();
        return $"{_redis.EndPoint},defaultDatabase={database}";
    }

    private string Postgres()
    {
        _postgres ??= PostgresServer.Start(durable: true);
        return _postgres.CreateDatabase();
    }

    private T Owned<T>(T server)
        where T : IDisposable
    {
        _owned.Add(server);
        return server;
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
