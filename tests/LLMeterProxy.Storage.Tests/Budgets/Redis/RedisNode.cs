using System.Collections.Concurrent;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Budgets.Redis;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace LLMeterProxy.Storage.Tests.Budgets.Redis;

/// <summary>
/// A node with its store, and the least of a coordinator: slots open empty, a doubt is kept for the test to see, and a
/// verification is a call.
/// </summary>
internal sealed class RedisNode : ISlotOpener, IAsyncDisposable
{
    private readonly ConnectionMultiplexer _connection;
    private readonly ConcurrentDictionary<string, long> _opened;

    private RedisNode(ConnectionMultiplexer connection, RedisBudgetOptions options, IBudgetObserver? observer, RedisNode? sibling)
    {
        _connection = connection;
        _opened = sibling?._opened ?? new(StringComparer.Ordinal);
        Primaries = new RedisPrimaries(connection, options, TimeProvider.System);
        Scripts = new BudgetScriptClient(connection, options, TimeProvider.System);
        Gate.Doubted += (reason, detail) => Doubts.Enqueue((reason, detail));
        Store = new RedisBudgetStore(
            Scripts, Gate, this, Journal, () => Task.FromResult(++ClockMeasurements), options, TimeProvider.System, NullLogger<RedisBudgetStore>.Instance, observer);
    }

    public RedisPrimaries Primaries { get; }

    public BudgetScriptClient Scripts { get; }

    public BudgetEpoch Gate { get; } = new();

    public RedisBudgetStore Store { get; }

    public RememberedSettlements Journal { get; } = new();

    public ConcurrentQueue<(EpochDoubt Reason, string Detail)> Doubts { get; } = new();

    public int ClockMeasurements { get; private set; }

    /// <summary>What the ledger would open a slot with.</summary>
    public ConcurrentDictionary<string, SlotSnapshot> Ledger { get; } = new(StringComparer.Ordinal);

    /// <summary>Patient by default, so that a busy machine does not look like an outage; a test of outages sets the product's own times.</summary>
    public static RedisBudgetOptions Patient(string configuration) => new()
    {
        Configuration = configuration,
        OperationTimeout = TimeSpan.FromSeconds(20),
        ClockTolerance = TimeSpan.FromDays(36_500),
    };

    /// <param name="sibling">Another node on the same Redis, which shares what it knows of opened slots.</param>
    public static async Task<RedisNode> StartAsync(RedisBudgetOptions options, IBudgetObserver? observer = null, RedisNode? sibling = null, bool isVerified = true)
    {
        var node = new RedisNode(await RedisPrimaries.ConnectAsync(options), options, observer, sibling);
        if (isVerified)
        {
            await node.VerifyAsync(1);
        }

        return node;
    }

    /// <summary>Loads the scripts and opens the gate for an epoch.</summary>
    public async Task VerifyAsync(long epoch, bool isOpen = true)
    {
        await Primaries.LoadScriptsAsync();
        Gate.Verify(epoch, isOpen);
    }

    /// <summary>Journals and settles, as a node does.</summary>
    public void Settle(Settlement settlement) => Journal.Add(settlement, Store.Settle);

    public async ValueTask OpenAsync(string slot, long epoch, CancellationToken cancellationToken)
    {
        if (!_opened.ContainsKey($"{slot}@{epoch}"))
        {
            await Scripts.RebuildAsync(Ledger.GetValueOrDefault(slot) ?? SlotSnapshot.Empty(slot), epoch, onlyWhereAbsent: true);
            _opened.TryAdd($"{slot}@{epoch}", epoch);
        }
    }

    public async Task<BudgetBalance> BalanceAsync(AppliedBudget budget)
    {
        await Store.FlushAsync(CancellationToken.None).WaitAsync(TestKit.Patience.Limit);
        return await Store.ReadAsync(budget.Key, CancellationToken.None);
    }

    public static BudgetBalance Balance(long spent, long held) => new(new NanoUsd(spent), new NanoUsd(held));

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Primaries.Dispose();
        await _connection.DisposeAsync();
    }
}
