using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Ledger.Sqlite;
using LLMeterProxy.Storage.Tests.Ledger;
using LLMeterProxy.TestKit;
using LLMeterProxy.TestKit.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace LLMeterProxy.Storage.Tests.Replicas;

/// <summary>One Redis, one ledger, and as many nodes as a test starts, each with a journal of its own.</summary>
internal sealed class ReplicaSet : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("replicas-");
    private readonly List<ReplicaNode> _nodes = [];
    private readonly List<SqliteLedger> _ledgers = [];

    private ReplicaSet(RedisServer redis) => Redis = redis;

    public RedisServer Redis { get; }

    public AppliedBudget Cap { get; } = Budget("acme", "cap", 100);

    public AppliedBudget Global { get; } = Budget(AppliedBudget.GlobalSlot, "all", 1_000);

    /// <summary>Reads the books.</summary>
    public ILedgerStore Ledger => _ledgers[0];

    public static async Task<ReplicaSet> StartAsync(RedisPersistence persistence = RedisPersistence.None)
    {
        var set = new ReplicaSet(await RedisServer.StartAsync(persistence));
        set.OpenLedger();
        return set;
    }

    /// <param name="directory">The journal's; the same again is the same node.</param>
    public async Task<ReplicaNode> NodeAsync(string directory)
    {
        var node = await ReplicaNode.StartAsync(
            Redis.EndPoint,
            Path.Combine(_directory.FullName, directory),
            OpenLedger(),
            () => new CounterSlots(["acme", AppliedBudget.GlobalSlot], new HashSet<string>(StringComparer.Ordinal) { AppliedBudget.GlobalSlot }));
        _nodes.Add(node);
        return node;
    }

    /// <summary>Kills a node, and has its heartbeat be as old as the death of a node is found by.</summary>
    public async Task<string> LoseAsync(ReplicaNode node)
    {
        var incarnation = node.Journal.Incarnation;
        await KillAsync(node);
        await SilenceAsync(incarnation);
        return incarnation;
    }

    public async Task KillAsync(ReplicaNode node)
    {
        _nodes.Remove(node);
        await node.KillAsync();
    }

    /// <summary>Makes the latest heartbeat of an incarnation older than 20 s.</summary>
    public Task SilenceAsync(string incarnation)
    {
        var old = TimeProvider.System.GetUtcNow().AddMinutes(-1).ToUnixTimeMilliseconds();
        Redis.Command("HSET", BudgetScriptClient.NodesKey, incarnation, old.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return Task.CompletedTask;
    }

    /// <summary>The ledger's sum and the counter of a budget are one figure, and nothing is held.</summary>
    public async Task AssertSettledAsync(ReplicaNode node, AppliedBudget budget, long expected)
    {
        await Patience.UntilAsync(async () =>
        {
            await node.SettleAsync();
            var ledger = await Ledger.ReadBudgetSpendAsync(budget.Key, CancellationToken.None);
            return ledger == new NanoUsd(expected) && await node.BalanceAsync(budget) == new BudgetBalance(new NanoUsd(expected), NanoUsd.Zero);
        }, "ledger and counter agree");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        _ledgers.ForEach(l => l.Dispose());
        await Redis.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static AppliedBudget Budget(string slot, string id, long limit) => new(
        slot,
        new Budget
        {
            Id = id,
            Name = id,
            TenantId = slot == AppliedBudget.GlobalSlot ? null : slot,
            Scope = slot == AppliedBudget.GlobalSlot ? BudgetScope.Global : BudgetScope.Tenant,
            ScopeId = slot == AppliedBudget.GlobalSlot ? "" : slot,
            Window = BudgetWindow.Total,
            Limit = new NanoUsd(limit),
            Mode = BudgetMode.Hard,
        },
        new WindowBounds("total", DateTimeOffset.MinValue, DateTimeOffset.MaxValue));

    private SqliteLedger OpenLedger()
    {
        var ledger = SqliteLedger.Open(
            new SqliteLedgerOptions { Path = Path.Combine(_directory.FullName, "ledger.db") },
            LedgerFile.Decode,
            TimeProvider.System,
            NullLogger<SqliteLedger>.Instance);
        _ledgers.Add(ledger);
        return ledger;
    }
}
