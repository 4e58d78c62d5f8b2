using System.Globalization;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.TestKit;
using LLMeterProxy.TestKit.Redis;
using static LLMeterProxy.Storage.Tests.Budgets.Calls;

namespace LLMeterProxy.Storage.Tests.Budgets.Redis;

/// <summary>That counters which lost something are noticed before the next admission, and what brings them back.</summary>
[Trait("Acceptance", "T104")]
public sealed class RedisFencingTests(SingleServerFixture fixture) : IClassFixture<SingleServerFixture>, IAsyncLifetime
{
    private readonly string _tenant = "t" + Core.Ids.RequestIdGenerator.At(Noon).Value.ToString("N");
    private RedisNode? _node;

    private RedisNode Node => _node!;

    private string StateKey => $"llmeter:{{{_tenant}}}:state";

    public async Task InitializeAsync() => _node = await RedisNode.StartAsync(RedisNode.Patient(fixture.Server.EndPoint));

    public async Task DisposeAsync() => await Node.DisposeAsync();

    [Fact]
    public async Task A_slot_that_fell_back_is_noticed()
    {
        await ReserveAsync(Node, 10);
        var old = ReadAll();
        await ReserveAsync(Node, 10);
        fixture.Server.Command("DEL", StateKey);
        fixture.Server.Command(["HSET", StateKey, .. old]);

        await AssertDoubtAsync(EpochDoubt.Regressed);
    }

    [Fact]
    public async Task A_slot_that_is_gone_is_not_opened_again()
    {
        await ReserveAsync(Node, 10);
        fixture.Server.Command("DEL", StateKey);

        await AssertDoubtAsync(EpochDoubt.SlotLost);
    }

    [Fact]
    public async Task A_slot_of_a_later_epoch_is_noticed_and_taken_by_none_of_an_earlier_one()
    {
        await ReserveAsync(Node, 10);
        Assert.Equal(ScriptStatus.Ok, await Node.Scripts.RebuildAsync(SlotSnapshot.Empty(_tenant), 2));
        Assert.Equal(ScriptStatus.Epoch, await Node.Scripts.RebuildAsync(SlotSnapshot.Empty(_tenant), 1));

        await AssertDoubtAsync(EpochDoubt.EpochChanged);
    }

    [Fact]
    public async Task Nothing_is_asked_while_the_epoch_is_unverified_and_no_hard_cap_answered_before_it_is_open()
    {
        var soft = Applied(_tenant, "soft", 1, BudgetMode.Soft);
        Node.Gate.Doubt(EpochDoubt.Connection, "test");
        Assert.Equal(ReserveOutcome.Unverifiable, (await Node.Store.ReserveAsync(Reservation(_tenant, 1, [soft]), CancellationToken.None)).Outcome);

        Node.Gate.Verify(1, isOpen: false);
        Assert.Equal(ReserveOutcome.Unverifiable, await ReserveAsync(Node, 1));
        Assert.True((await Node.Store.ReserveAsync(Reservation(_tenant, 1, [soft]), CancellationToken.None)).IsGranted);

        Node.Gate.Open(1);
        Assert.Equal(ReserveOutcome.Granted, await ReserveAsync(Node, 1));
    }

    // The ledger had the first settlement when the rebuild read it; the second was journalled and lost, the third call is under way.
    [Fact]
    public async Task A_rebuild_and_the_replay_of_a_node_restore_what_was_lost_to_the_nano()
    {
        var (budget, global) = (Applied(_tenant, "cap", 1_000), Applied(AppliedBudget.GlobalSlot, "cap-" + _tenant, 1_000));
        var calls = new[] { 10, 20, 30 }.Select(a => Reservation(_tenant, a, [budget, global])).ToList();
        foreach (var call in calls)
        {
            Assert.True((await Node.Store.ReserveAsync(call, CancellationToken.None)).IsGranted);
        }

        Node.Settle(Settlement(calls[0], 1, 11));
        Node.Settle(Settlement(calls[1], 2, 22));
        await Node.Store.FlushAsync(CancellationToken.None);
        fixture.Server.Command("DEL", StateKey, $"llmeter:{{{_tenant}}}:holds");

        foreach (var lost in new[] { budget, global })
        {
            Assert.Equal(
                ScriptStatus.Ok,
                await Node.Scripts.RebuildAsync(new SlotSnapshot(lost.Slot, [(lost.Key, new NanoUsd(11))], [(_tenant, Incarnation, 1)], []), 2));
        }

        await Node.VerifyAsync(2, isOpen: false);
        await Node.Store.FlushAsync(CancellationToken.None);
        Node.Gate.Open(2);

        Assert.Equal(RedisNode.Balance(33, 30), await Node.BalanceAsync(budget));
        Assert.Equal(RedisNode.Balance(33, 30), await Node.BalanceAsync(global));
        Node.Settle(Settlement(calls[2], 3, 33));
        Assert.Equal(RedisNode.Balance(66, 0), await Node.BalanceAsync(budget));
        Assert.Equal(RedisNode.Balance(66, 0), await Node.BalanceAsync(global));
        Assert.Equal(0, Node.Store.HoldCount);
    }

    [Fact]
    public async Task A_rebuild_repeated_takes_nothing_back()
    {
        var budget = Applied(_tenant, "cap", 1_000);
        await ReserveAsync(Node, 10);

        Assert.Equal(ScriptStatus.Ok, await Node.Scripts.RebuildAsync(SlotSnapshot.Empty(_tenant), 1));

        Assert.Equal(RedisNode.Balance(0, 10), await Node.BalanceAsync(budget));
    }

    [Fact]
    [Trait("Acceptance", "T102")]
    public async Task A_node_declared_dead_admits_nothing_more_and_what_it_spent_still_counts()
    {
        var budget = Applied(_tenant, "cap", 1_000);
        var call = Reservation(_tenant, 60, [budget]);
        await Node.Store.ReserveAsync(call, CancellationToken.None);
        await using var other = await RedisNode.StartAsync(RedisNode.Patient(fixture.Server.EndPoint), sibling: Node);

        var (_, orphans) = await other.Scripts.ExpireAsync(_tenant, 1, Incarnation, "node-2.1");

        Assert.Equal((call.Id, call.Amount, 1), (Assert.Single(orphans).Id, orphans[0].Amount, orphans[0].Attempt));
        await AssertDoubtAsync(EpochDoubt.Fenced);
        Assert.Equal(RedisNode.Balance(0, 60), await other.BalanceAsync(budget));

        other.Settle(Settlement(call, 1, 60, incarnation: "node-2.1"));
        Assert.Equal(RedisNode.Balance(60, 0), await other.BalanceAsync(budget));
        Node.Gate.Verify(1, isOpen: true);
        Node.Settle(Settlement(call, 1, 5));
        Assert.Equal(RedisNode.Balance(65, 0), await Node.BalanceAsync(budget));
    }

    [Fact]
    [Trait("Acceptance", "T113")]
    public async Task A_window_that_the_servers_clock_is_not_in_is_refused_after_the_clock_was_measured_anew()
    {
        await using var node = await RedisNode.StartAsync(
            RedisNode.Patient(fixture.Server.EndPoint) with { ClockTolerance = TimeSpan.FromSeconds(5) }, sibling: Node);
        var past = Applied(_tenant, "cap", 100) with { Window = new WindowBounds("day:2020-01-01T00:00:00Z", Noon.AddYears(-6), Noon.AddYears(-5)) };
        var total = Applied(_tenant, "total", 100) with { Window = new WindowBounds("total", DateTimeOffset.MinValue, DateTimeOffset.MaxValue) };

        Assert.Equal(ReserveOutcome.Unverifiable, (await node.Store.ReserveAsync(Reservation(_tenant, 1, [past]), CancellationToken.None)).Outcome);

        Assert.Equal(1, node.ClockMeasurements);
        Assert.True(node.Gate.State.IsVerified);
        Assert.True((await node.Store.ReserveAsync(Reservation(_tenant, 1, [total]), CancellationToken.None)).IsGranted);
    }

    [Fact]
    public async Task Beats_are_the_servers_and_of_all_nodes()
    {
        var (_, first) = await Node.Scripts.BeatAsync(_tenant + ".1");
        var (_, second) = await Node.Scripts.BeatAsync(_tenant + ".2");
        Assert.True(second!.Now >= first!.Now);
        Assert.InRange(second.Now - second.Beats[_tenant + ".1"], TimeSpan.Zero, Patience.Limit);

        var (_, third) = await Node.Scripts.BeatAsync("", [_tenant + ".1"]);
        Assert.DoesNotContain(_tenant + ".1", third!.Beats.Keys);
        Assert.Contains(_tenant + ".2", third.Beats.Keys);
    }

    [Fact]
    public async Task A_fail_over_to_a_server_that_nobody_verified_admits_nothing()
    {
        await using var servers = await RedisSentinelServers.StartAsync();
        await using var node = await RedisNode.StartAsync(RedisNode.Patient(servers.Configuration) with { OperationTimeout = TimeSpan.FromSeconds(2) });
        Assert.Equal(ReserveOutcome.Granted, await ReserveAsync(node, 10));
        var before = await node.Primaries.ReadRunIdsAsync();
        var next = servers.Replica;

        await servers.FailOverAsync();

        // Either the way there is gone, or the new one does not know the scripts; in between the old one may answer for itself alone.
        await Patience.UntilAsync(async () => await ReserveAsync(node, 10) == ReserveOutcome.Unverifiable && !node.Gate.State.IsVerified, "the change is noticed");
        await Patience.UntilAsync(() => HasPrimaryAsync(node, next), "the client is at the new primary");
        Assert.NotEqual(before, await node.Primaries.ReadRunIdsAsync());
        node.Gate.Verify(1, isOpen: true);
        Assert.Equal(ReserveOutcome.Unverifiable, await ReserveAsync(node, 10));
        Assert.Contains(node.Doubts, d => d.Reason == EpochDoubt.ScriptsMissing);

        await node.VerifyAsync(2);
        Assert.Equal(ReserveOutcome.Granted, await ReserveAsync(node, 10));
    }

    private static async Task<bool> HasPrimaryAsync(RedisNode node, RedisServer server)
    {
        try
        {
            return (await node.Primaries.ReadRunIdsAsync()).SequenceEqual([server.RunId]);
        }
        catch (Exception e) when (e is StackExchange.Redis.RedisException or TimeoutException)
        {
            return false;
        }
    }

    private async Task<ReserveOutcome> ReserveAsync(RedisNode node, long amount) =>
        (await node.Store.ReserveAsync(Reservation(_tenant, amount, [Applied(_tenant, "cap", 1_000)]), CancellationToken.None)).Outcome;

    private async Task AssertDoubtAsync(EpochDoubt reason)
    {
        Assert.Equal(ReserveOutcome.Unverifiable, await ReserveAsync(Node, 10));
        Assert.Equal(reason, Assert.Single(Node.Doubts).Reason);
        Assert.False(Node.Gate.State.IsVerified);
    }

    private string[] ReadAll() =>
        [.. ((List<object?>)fixture.Server.Command("HGETALL", StateKey)!).Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)!)];
}
