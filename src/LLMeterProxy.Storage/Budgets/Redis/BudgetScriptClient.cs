using System.Collections.Concurrent;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;
using Polly;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>
/// The scripts of the budget protocol, a method each. A call takes at most the operation time-out, is sent once, and never
/// throws for what a server or the way to it does: that is its status. Scripts are called by hash alone (<see cref="BudgetScript"/>).
/// </summary>
public sealed class BudgetScriptClient
{
    /// <summary>The beats of all nodes.</summary>
    public const string NodesKey = "llmeter:nodes";

    private static readonly RedisKey[] _nodesKeys = [NodesKey];

    private readonly IDatabase _database;
    private readonly RedisBudgetOptions _options;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<ScriptReply> _breaker;
    private readonly CircuitBreakerStateProvider _breakerState = new();
    private readonly ConcurrentDictionary<string, SlotView> _slots = new(StringComparer.Ordinal);

    public BudgetScriptClient(IConnectionMultiplexer connection, RedisBudgetOptions options, TimeProvider time)
    {
        _database = connection.GetDatabase();
        _options = options;
        _time = time;
        _breaker = new ResiliencePipelineBuilder<ScriptReply> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<ScriptReply>
            {
                ShouldHandle = static args => new ValueTask<bool>(IsFailureOfServer(args.Outcome.Result.Status)),
                FailureRatio = 0.5,
                MinimumThroughput = 4,
                SamplingDuration = TimeSpan.FromSeconds(2),
                BreakDuration = options.BreakDuration,
                StateProvider = _breakerState,
            })
            .Build();
    }

    /// <summary>Hears how long each answer took, on the thread that got it; must not block or throw.</summary>
    public event Action<TimeSpan>? Answered;

    /// <summary>True while nothing is sent, because the latest operations failed.</summary>
    public bool IsBroken => _breakerState.CircuitState is CircuitState.Open or CircuitState.Isolated;

    /// <summary>Reads all figures of a slot, at one instant.</summary>
    public async ValueTask<(ScriptStatus Status, IReadOnlyList<(BudgetWindowKey Key, BudgetBalance Balance)> Balances)> ReadAllAsync(string slot, long epoch)
    {
        var reply = await RunAsync(BudgetScript.Figures, slot, epoch, new RedisValue[2]);
        return (reply.Status, reply.IsOk ? Balances(reply, 2, slot) : []);
    }

    /// <summary>Hands the holds of a dead incarnation to a live one, and fences the dead one.</summary>
    /// <returns>Those of this tenant, which the new owner has to charge.</returns>
    public ValueTask<(ScriptStatus Status, IReadOnlyList<LostHold> Holds)> ExpireAsync(string slot, long epoch, string incarnation, string newOwner) =>
        ExpireAsync(slot, epoch, [RedisValue.Null, RedisValue.Null, slot, incarnation, newOwner, 0, 0]);

    /// <summary>Hands over the holds that were reserved before an instant, whoever owns them; ends foreign ones that are older still.</summary>
    public ValueTask<(ScriptStatus Status, IReadOnlyList<LostHold> Holds)> ExpireOverdueAsync(
        string slot, long epoch, DateTimeOffset before, DateTimeOffset abandonedBefore, string newOwner) => ExpireAsync(
            slot,
            epoch,
            [
                RedisValue.Null,
                RedisValue.Null,
                slot,
                "",
                newOwner,
                CallArguments.Text(Instants.Microseconds(before)),
                CallArguments.Text(Instants.Microseconds(abandonedBefore)),
            ]);

    /// <summary>Sets a slot's state, once per epoch.</summary>
    /// <param name="onlyWhereAbsent">An opening: a slot of an earlier epoch is left alone.</param>
    /// <returns>Ok too where it was set before; Epoch where it is at a later one.</returns>
    public async ValueTask<ScriptStatus> RebuildAsync(SlotSnapshot snapshot, long epoch, bool onlyWhereAbsent = false)
    {
        List<RedisValue> values = [RedisValue.Null, RedisValue.Null, onlyWhereAbsent ? 1 : 0, snapshot.Counters.Count];
        foreach (var (key, spent) in snapshot.Counters)
        {
            values.AddRange([CallArguments.Field(key), CallArguments.Text(spent.Value), CallArguments.End(key)]);
        }

        values.Add(snapshot.Watermarks.Count);
        foreach (var (tenant, incarnation, sequence) in snapshot.Watermarks)
        {
            values.AddRange([CallArguments.Stream(tenant, incarnation), CallArguments.Text(sequence)]);
        }

        values.Add(snapshot.Fenced.Count);
        foreach (var incarnation in snapshot.Fenced)
        {
            values.Add(incarnation);
        }

        return (await RunAsync(BudgetScript.Rebuild, snapshot.Slot, epoch, [.. values])).Status;
    }

    /// <summary>Takes a hold in flight back after a rebuild, in every slot of its call.</summary>
    public async ValueTask<ScriptStatus> ReholdAsync(string slot, long epoch, Reservation call, int attempt)
    {
        var values = new RedisValue[2 + CallArguments.Count(call, slot)];
        CallArguments.Write(values, 2, call, slot, CallSlots.Join(CallSlots.ForeignTo(call)), attempt);
        return (await RunAsync(BudgetScript.Rehold, slot, epoch, values)).Status;
    }

    /// <summary>Drops what nobody asks for any more.</summary>
    public async ValueTask<ScriptStatus> TrimAsync(string slot, long epoch, DateTimeOffset now) =>
        (await RunAsync(BudgetScript.Trim, slot, epoch, [RedisValue.Null, RedisValue.Null, CallArguments.Text(Instants.Milliseconds(now))])).Status;

    /// <summary>Drops the watermarks and fences of incarnations whose every settlement is in the ledger and applied.</summary>
    public async ValueTask<ScriptStatus> ForgetAsync(string slot, long epoch, IEnumerable<string> incarnations) =>
        (await RunAsync(BudgetScript.Forget, slot, epoch, [RedisValue.Null, RedisValue.Null, .. incarnations.Select(i => (RedisValue)i)])).Status;

    /// <summary>Beats for an incarnation and reads everybody's beat.</summary>
    /// <param name="incarnation">Empty to read only.</param>
    /// <param name="drop">Incarnations that are closed.</param>
    public async ValueTask<(ScriptStatus Status, NodeBeats? Beats)> BeatAsync(string incarnation, IEnumerable<string>? drop = null)
    {
        var reply = await RunAsync(BudgetScript.Heartbeat, _nodesKeys, [incarnation, .. (drop ?? []).Select(i => (RedisValue)i)], hasStatus: false);
        if (!reply.IsOk)
        {
            return (reply.Status, null);
        }

        var beats = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        for (var i = 1; i + 1 < reply.Values.Length; i += 2)
        {
            beats[reply.Text(i)] = DateTimeOffset.FromUnixTimeMilliseconds(reply.Number(i + 1));
        }

        return (ScriptStatus.Ok, new NodeBeats(Instants.FromMicroseconds(reply.Number(0)), beats));
    }

    internal async ValueTask<(ScriptStatus Status, BudgetBalance Balance)> ReadAsync(BudgetWindowKey key, long epoch)
    {
        var reply = await RunAsync(BudgetScript.Figures, key.Slot, epoch, [RedisValue.Null, RedisValue.Null, CallArguments.Field(key)]);
        return (reply.Status, reply.IsOk ? new BudgetBalance(new NanoUsd(reply.Number(3)), new NanoUsd(reply.Number(4))) : default);
    }

    /// <param name="isCheck">Decides without holding.</param>
    /// <param name="others">The other slots of the call, as <see cref="CallSlots.Join"/> writes them.</param>
    internal async ValueTask<ReserveReply> ReserveAsync(string slot, long epoch, Reservation call, bool isCheck, string others)
    {
        var values = new RedisValue[4 + CallArguments.Count(call, slot)];
        values[2] = isCheck ? "check" : "hold";
        values[3] = CallArguments.Text((long)_options.ClockTolerance.TotalMilliseconds);
        CallArguments.Write(values, 4, call, slot, others, call.Attempt);
        return ReserveReplies.Parse(await RunAsync(BudgetScript.Reserve, slot, epoch, values), slot, call);
    }

    internal async ValueTask<SettleReply> SettleAsync(string slot, long epoch, IReadOnlyList<Settlement> settlements) =>
        SettleReplies.Parse(await RunAsync(BudgetScript.Settle, slot, epoch, SettleReplies.Arguments(slot, settlements)), slot, settlements.Count);

    /// <returns>The other slots that held for the same call, as its hold knew them.</returns>
    internal async ValueTask<(ScriptStatus Status, string[] Slots)> ReleaseAsync(string slot, long epoch, RequestId id, bool isUndone)
    {
        var reply = await RunAsync(BudgetScript.Release, slot, epoch, [RedisValue.Null, RedisValue.Null, isUndone ? 1 : 0, id.ToString()]);
        return (reply.Status, reply.IsOk ? CallSlots.Split(reply.Text(3)) : []);
    }

    internal static IReadOnlyList<(BudgetWindowKey Key, BudgetBalance Balance)> Balances(in ScriptReply reply, int from, string slot)
    {
        var balances = new (BudgetWindowKey Key, BudgetBalance Balance)[(reply.Values.Length - from) / 3];
        for (var i = 0; i < balances.Length; i++)
        {
            var at = from + (3 * i);
            var field = reply.Text(at);
            var bar = field.IndexOf('|', StringComparison.Ordinal);
            balances[i] = (
                new BudgetWindowKey(slot, field[..bar], field[(bar + 1)..]),
                new BudgetBalance(new NanoUsd(reply.Number(at + 1)), new NanoUsd(reply.Number(at + 2))));
        }

        return balances;
    }

    private static bool IsFailureOfServer(ScriptStatus status) =>
        status is ScriptStatus.TimedOut or ScriptStatus.Disconnected or ScriptStatus.ReadOnly or ScriptStatus.Unable;

    private async ValueTask<(ScriptStatus Status, IReadOnlyList<LostHold> Holds)> ExpireAsync(string slot, long epoch, RedisValue[] values)
    {
        var reply = await RunAsync(BudgetScript.Expire, slot, epoch, values);
        var holds = new List<LostHold>();
        for (var i = 2; i + 6 < reply.Values.Length; i += 7)
        {
            holds.Add(new LostHold(
                new RequestId(Guid.Parse(reply.Text(i))),
                slot,
                new NanoUsd(reply.Number(i + 1)),
                (int)reply.Number(i + 2),
                reply.Number(i + 3) == 1,
                Instants.FromMicroseconds(reply.Number(i + 4)),
                CallSlots.Split(reply.Text(i + 5)),
                (byte[]?)reply.Values[i + 6] ?? []));
        }

        return (reply.Status, holds);
    }

    /// <param name="values">The first two are filled in here.</param>
    private async ValueTask<ScriptReply> RunAsync(BudgetScript script, string slot, long epoch, RedisValue[] values)
    {
        var view = _slots.TryGetValue(slot, out var known) ? known : _slots.GetOrAdd(slot, static n => new SlotView(n));
        values[0] = CallArguments.Text(epoch);
        values[1] = CallArguments.Text(view.Seen(epoch));
        var reply = await RunAsync(script, view.Keys, values, hasStatus: true);
        if (reply.IsOk)
        {
            view.Saw(epoch, reply.Operation);
        }

        return reply;
    }

    private async ValueTask<ScriptReply> RunAsync(BudgetScript script, RedisKey[] keys, RedisValue[] values, bool hasStatus)
    {
        var context = ResilienceContextPool.Shared.Get();
        try
        {
            var outcome = await _breaker.ExecuteOutcomeAsync(
                static async (_, call) => Outcome.FromResult(await call.Client.SendAsync(call.Script, call.Keys, call.Values, call.HasStatus)),
                context,
                (Client: this, Script: script, Keys: keys, Values: values, HasStatus: hasStatus));
            return outcome.Exception is { } broken ? ScriptFailure.Of(broken) : outcome.Result;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task<ScriptReply> SendAsync(BudgetScript script, RedisKey[] keys, RedisValue[] values, bool hasStatus)
    {
        var sentAt = _time.GetTimestamp();
        try
        {
            var result = await _database.ScriptEvaluateAsync(script.Hash, keys, values).WaitAsync(_options.OperationTimeout, _time);
            Answered?.Invoke(_time.GetElapsedTime(sentAt));
            var flat = (RedisResult[]?)result ?? [];
            return new ScriptReply(hasStatus ? (ScriptStatus)(int)flat[0] : ScriptStatus.Ok, flat);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException or InvalidOperationException)
        {
            return ScriptFailure.Of(e);
        }
    }
}
