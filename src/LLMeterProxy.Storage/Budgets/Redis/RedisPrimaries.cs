using System.Net;
using StackExchange.Redis;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>
/// The servers that take writes, one or the primaries of a cluster: which they are, and the verification's step on each of
/// them, to load the scripts. Whatever changes about them is told, because then the node is unverified.
/// </summary>
public sealed class RedisPrimaries : IDisposable
{
    private readonly IConnectionMultiplexer _connection;
    private readonly RedisBudgetOptions _options;
    private readonly TimeProvider _time;

    public RedisPrimaries(IConnectionMultiplexer connection, RedisBudgetOptions options, TimeProvider time)
    {
        _connection = connection;
        _options = options;
        _time = time;
        connection.ConnectionFailed += OnConnection;
        connection.ConnectionRestored += OnConnection;
        connection.ConfigurationChanged += OnConfiguration;
        connection.ConfigurationChangedBroadcast += OnConfiguration;
        connection.HashSlotMoved += OnSlotMoved;
    }

    /// <summary>A connection failed or came back, a role or the topology changed. Called on a thread of the client; must not block.</summary>
    public event Action<string>? Changed;

    /// <summary>Connects, also where no server answers yet: it is tried for ever.</summary>
    public static Task<ConnectionMultiplexer> ConnectAsync(RedisBudgetOptions options)
    {
        var configuration = ConfigurationOptions.Parse(options.Configuration);
        configuration.AllowAdmin = true; // The client counts CLUSTER NODES among the commands of an administrator.
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ClientName = options.ClientName;
        configuration.ConnectTimeout = 2_000;
        configuration.AsyncTimeout = Math.Max(1_000, 2 * (int)options.OperationTimeout.TotalMilliseconds); // Behind the time-out that counts.
        configuration.KeepAlive = 5;
        configuration.HeartbeatInterval = TimeSpan.FromMilliseconds(500);
        configuration.ReconnectRetryPolicy = new ExponentialRetry(100, 1_000);
        return ConnectionMultiplexer.ConnectAsync(configuration);
    }

    /// <summary>The <c>run_id</c> of every primary, in ordinal order: it changes with every start of a server, and another server has another.</summary>
    /// <exception cref="RedisException">A primary is not connected or does not answer.</exception>
    /// <exception cref="TimeoutException">A primary does not answer in time.</exception>
    public async Task<IReadOnlyList<string>> ReadRunIdsAsync()
    {
        var ids = new List<string>();
        foreach (var server in await ListAsync())
        {
            var info = await server.InfoAsync("server").WaitAsync(_options.OperationTimeout, _time);
            ids.Add(info.SelectMany(static section => section).First(static line => string.Equals(line.Key, "run_id")).Value);
        }

        ids.Sort(StringComparer.Ordinal);
        return ids;
    }

    /// <summary>Gives every primary the scripts. From here on its answers are taken, so that its epoch has to be verified first.</summary>
    /// <exception cref="RedisException">A primary is not connected or refuses.</exception>
    /// <exception cref="TimeoutException">A primary does not answer in time.</exception>
    public async Task LoadScriptsAsync()
    {
        foreach (var server in await ListAsync())
        {
            foreach (var script in BudgetScript.All)
            {
                await server.ExecuteAsync("SCRIPT", "LOAD", script.Text).WaitAsync(_options.OperationTimeout, _time);
            }
        }
    }

    public void Dispose()
    {
        _connection.ConnectionFailed -= OnConnection;
        _connection.ConnectionRestored -= OnConnection;
        _connection.ConfigurationChanged -= OnConfiguration;
        _connection.ConfigurationChangedBroadcast -= OnConfiguration;
        _connection.HashSlotMoved -= OnSlotMoved;
    }

    private async Task<IReadOnlyList<IServer>> ListAsync()
    {
        var connected = _connection.GetServers().Where(static s => s is { IsConnected: true, IsReplica: false }).ToList();
        if (connected.Find(static s => s.ServerType == ServerType.Cluster) is { } node)
        {
            var topology = await node.ClusterNodesAsync().WaitAsync(_options.OperationTimeout, _time)
                ?? throw new RedisException("The cluster does not state its nodes.");
            return [.. topology.Nodes.Where(static n => !n.IsReplica && n.Slots.Count > 0).Select(n => Connected(connected, n.EndPoint))];
        }

        return connected.Count > 0 ? connected : throw new RedisException("No primary is connected.");
    }

    private static IServer Connected(List<IServer> connected, EndPoint? endPoint) =>
        connected.Find(s => s.EndPoint.Equals(endPoint)) ?? throw new RedisException($"The primary {endPoint} is not connected.");

    private void OnConnection(object? sender, ConnectionFailedEventArgs e) =>
        Changed?.Invoke($"{e.EndPoint}: {e.FailureType} ({e.ConnectionType}).");

    private void OnConfiguration(object? sender, EndPointEventArgs e) => Changed?.Invoke($"{e.EndPoint}: the roles changed.");

    private void OnSlotMoved(object? sender, HashSlotMovedEventArgs e) => Changed?.Invoke($"Hash slot {e.HashSlot} moved to {e.NewEndPoint}.");
}
