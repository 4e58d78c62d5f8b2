using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace LLMeterProxy.Storage.Tests.Replicas;

/// <summary>A node without its gateway: journal, shipper, budget store and coordinator, as the product composes them.</summary>
internal sealed class ReplicaNode : IAsyncDisposable
{
    private readonly ConnectionMultiplexer _connection;
    private readonly RedisPrimaries _primaries;
    private readonly ILedgerStore _ledger;
    private readonly LedgerShipper _shipper;
    private readonly LedgerStreams _streams;

    private ReplicaNode(ConnectionMultiplexer connection, RedisBudgetOptions options, string directory, ILedgerStore ledger, Func<CounterSlots> slots)
    {
        (_connection, _ledger) = (connection, ledger);
        var time = TimeProvider.System;
        _primaries = new RedisPrimaries(connection, options, time);
        Scripts = new BudgetScriptClient(connection, options, time);
        Registry = new ReplicaRegistry(ledger.Database, time);
        var clock = new ClockMeasurement(Scripts, new StoreClock(time), NullLogger<ClockMeasurement>.Instance);
        var opener = new SlotOpener(Registry, Scripts, slots, time);
        Budgets = new RedisBudgetStore(
            Scripts,
            Gate,
            opener,
            new JournalUnsettled(Registry, () => Journal!, time),
            clock.MeasureAsync,
            options,
            time,
            NullLogger<RedisBudgetStore>.Instance);
        Journal = new MappedJournal(
            new JournalOptions { Directory = directory, SegmentSize = 1 << 20 }, Budgets, time, Assert.Fail, NullLogger<MappedJournal>.Instance);
        _shipper = new LedgerShipper(Journal, ledger, p => UsageRecordCodec.Decode(p.Span), time, NullLogger<LedgerShipper>.Instance);
        _streams = new LedgerStreams(ledger, Budgets.TryApplyAsync);
        _shipper.LedgerSettled += _streams.Notice;
        Coordinator = new BudgetCoordinator(
            Registry, Scripts, _primaries, Budgets, Gate, Journal, ledger, _streams, clock, opener, slots, time, NullLogger<BudgetCoordinator>.Instance);
    }

    public BudgetScriptClient Scripts { get; }

    public BudgetEpoch Gate { get; } = new();

    public RedisBudgetStore Budgets { get; }

    public MappedJournal Journal { get; }

    public BudgetCoordinator Coordinator { get; }

    public ReplicaRegistry Registry { get; }

    /// <summary>Starts, with the recovery of what an earlier run left in the directory.</summary>
    public static async Task<ReplicaNode> StartAsync(string redis, string directory, ILedgerStore ledger, Func<CounterSlots> slots)
    {
        var options = new RedisBudgetOptions { Configuration = redis, OperationTimeout = TimeSpan.FromSeconds(5) };
        var node = new ReplicaNode(await RedisPrimaries.ConnectAsync(options), options, directory, ledger, slots);
        node.Journal.KeepFrom = JournalPosition.Start;
        node._shipper.Start();
        await new JournalRecovery(node.Journal, ledger, NullLogger<JournalRecovery>.Instance).RunAsync(CancellationToken.None);
        node.Coordinator.Start();
        return node;
    }

    /// <summary>Waits until hard caps are enforced by this node.</summary>
    public Task OpenAsync() => Patience.UntilAsync(() => Gate.State is { IsVerified: true, IsOpen: true }, "the node enforces hard caps");

    public ValueTask<ReserveResult> ReserveAsync(Reservation call) => Budgets.ReserveAsync(call, CancellationToken.None);

    /// <summary>A call under the cap that this node owns.</summary>
    public Reservation Call(long amount, params AppliedBudget[] budgets)
    {
        var id = RequestIdGenerator.At(TimeProvider.System.GetUtcNow());
        var intent = IntentOf(id, amount, budgets);
        return new Reservation
        {
            Id = id,
            Tenant = budgets[0].Slot,
            Amount = new NanoUsd(amount),
            Budgets = budgets,
            At = TimeProvider.System.GetUtcNow(),
            Incarnation = Journal.Incarnation,
            Intent = UsageIntentCodec.Write(intent).ToArray(),
        };
    }

    public void Dispatch(Reservation call) => Journal.AppendIntent(IntentOf(call.Id, call.Amount.Value, call.Budgets));

    public void Complete(Reservation call, long cost) => Journal.AppendRecord(RecordOf(call, cost));

    /// <summary>Admits, dispatches and completes a call.</summary>
    public async Task SpendAsync(long amount, long cost, params AppliedBudget[] budgets)
    {
        var call = Call(amount, budgets);
        Assert.Equal(ReserveOutcome.Granted, (await ReserveAsync(call)).Outcome);
        Dispatch(call);
        Complete(call, cost);
    }

    /// <summary>Everything of this node is in the ledger and in the counters.</summary>
    public async Task SettleAsync()
    {
        await _ledger.FlushAsync(CancellationToken.None);
        await Patience.UntilAsync(async () => await _streams.TrySendAsync(CancellationToken.None), "the ledger's settlements are applied");
        await Budgets.FlushAsync(CancellationToken.None).WaitAsync(Patience.Limit);
    }

    public async Task<BudgetBalance> BalanceAsync(AppliedBudget budget) => await Budgets.ReadAsync(budget.Key, CancellationToken.None);

    /// <summary>Ends without a word to anybody, as <c>kill -9</c> does; the directory can be started on again.</summary>
    public async Task KillAsync()
    {
        await Coordinator.DisposeAsync();
        await Budgets.DisposeAsync();
        _shipper.Dispose();
        Journal.Dispose();
        _primaries.Dispose();
        await _connection.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Coordinator.StopAsync(CancellationToken.None);
        await _shipper.StopAsync(CancellationToken.None);
        await KillAsync();
    }

    private static UsageRecord RecordOf(Reservation call, long cost) => new()
    {
        AttemptId = call.Id.Attempt(1),
        Tenant = call.Tenant,
        KeyId = "key_1",
        Provider = "openai",
        Operation = "chat",
        ModelRequested = "gpt-4.1",
        Model = "gpt-4.1",
        Status = 200,
        Outcome = RequestOutcome.Completed,
        Source = UsageSource.Reported,
        Usage = new TokenUsage { InputTokens = 10, UncachedInputTokens = 10, OutputTokens = 5 },
        Cost = new NanoUsd(cost),
        Billed = new NanoUsd(cost),
        PriceVersion = "2026-11",
        Hold = call.Amount,
        Budgets = [.. call.Budgets.Select(b => b.Key)],
        Timings = new RequestTimings(call.At, 10, 20, 30),
    };

    private static UsageIntent IntentOf(RequestId id, long amount, IReadOnlyList<AppliedBudget> budgets) => new()
    {
        AttemptId = id.Attempt(1),
        Tenant = budgets[0].Slot,
        KeyId = "key_1",
        Provider = "openai",
        Operation = "chat",
        ModelRequested = "gpt-4.1",
        Model = "gpt-4.1",
        Hold = new NanoUsd(amount),
        Strict = true,
        InputTokensBound = 100,
        InputPrice = 1,
        OutputPrice = 1,
        Budgets = [.. budgets.Select(b => b.Key)],
        PriceVersion = "2026-11",
        DispatchedAt = id.OccurredAt,
    };
}
