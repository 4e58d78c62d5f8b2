using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.TestKit;
using LLMeterProxy.TestKit.Redis;

namespace LLMeterProxy.Storage.Tests.Replicas;

/// <summary>Nodes that share one Redis and one ledger, through what can happen to each of the three.</summary>
public sealed class RedisReplicaTests
{
    // G3: with N nodes a cap of X is a cap of X.
    [Fact]
    [Trait("Acceptance", "G3")]
    public async Task Two_nodes_enforce_one_cap()
    {
        await using var set = await ReplicaSet.StartAsync();
        var (a, b) = (await set.NodeAsync("a"), await set.NodeAsync("b"));
        await a.OpenAsync();
        await b.OpenAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
            (await (i % 2 == 0 ? a : b).ReserveAsync((i % 2 == 0 ? a : b).Call(10, set.Cap))).Outcome));

        Assert.Equal(10, outcomes.Count(o => o == ReserveOutcome.Granted));
        Assert.Equal(50, outcomes.Count(o => o == ReserveOutcome.InFlight));
    }

    [Fact]
    [Trait("Acceptance", "T104")]
    public async Task A_flushed_redis_is_noticed_before_the_next_admission_and_set_anew()
    {
        await using var set = await ReplicaSet.StartAsync();
        var (a, b) = (await set.NodeAsync("a"), await set.NodeAsync("b"));
        await a.OpenAsync();
        await b.OpenAsync();
        await a.SpendAsync(50, 40, set.Cap, set.Global);
        await a.SettleAsync();
        var inFlight = b.Call(30, set.Cap, set.Global);
        Assert.True((await b.ReserveAsync(inFlight)).IsGranted);
        b.Dispatch(inFlight);

        set.Redis.Command("FLUSHALL");

        Assert.NotEqual(ReserveOutcome.Granted, (await a.ReserveAsync(a.Call(60, set.Cap, set.Global))).Outcome);
        await Patience.UntilAsync(async () => (await a.ReserveAsync(a.Call(31, set.Cap, set.Global))).Outcome == ReserveOutcome.InFlight, "hard caps are enforced again");
        Assert.Equal(new BudgetBalance(new NanoUsd(40), new NanoUsd(30)), await a.BalanceAsync(set.Cap));
        Assert.True(a.Gate.State.Number > 1);

        b.Complete(inFlight, 25);
        await set.AssertSettledAsync(b, set.Cap, 65);
        await set.AssertSettledAsync(b, set.Global, 65);
    }

    [Fact]
    [Trait("Acceptance", "T104")]
    public async Task A_redis_restarted_from_an_old_snapshot_admits_nothing_by_it()
    {
        await using var set = await ReplicaSet.StartAsync(RedisPersistence.Snapshot);
        var a = await set.NodeAsync("a");
        await a.OpenAsync();
        await a.SpendAsync(10, 10, set.Cap);
        await a.SettleAsync();
        set.Redis.Command("SAVE");
        await a.SpendAsync(80, 80, set.Cap);
        await a.SettleAsync();

        set.Redis.Kill();
        await set.Redis.StartAgainAsync();

        // By the snapshot 90 would fit. 10 do, whenever the node has found out.
        List<ReserveOutcome> seen = [];
        await Patience.UntilAsync(async () =>
        {
            seen.Add((await a.ReserveAsync(a.Call(90, set.Cap))).Outcome);
            return seen[^1] == ReserveOutcome.Exhausted;
        }, "the cap is known again");
        Assert.DoesNotContain(ReserveOutcome.Granted, seen);
        Assert.True((await a.ReserveAsync(a.Call(10, set.Cap))).IsGranted);
    }

    [Fact]
    [Trait("Acceptance", "T108")]
    public async Task A_node_that_is_lost_with_its_disk_leaves_charges_for_what_it_had_under_way()
    {
        await using var set = await ReplicaSet.StartAsync();
        var (a, b) = (await set.NodeAsync("a"), await set.NodeAsync("b"));
        await a.OpenAsync();
        await b.OpenAsync();
        var call = a.Call(30, set.Cap, set.Global);
        Assert.True((await a.ReserveAsync(call)).IsGranted);
        a.Dispatch(call);

        await set.LoseAsync(a);

        await set.AssertSettledAsync(b, set.Cap, 30);
        await set.AssertSettledAsync(b, set.Global, 30);
        var record = Assert.Single(await set.Ledger.FindAsync(call.Id, CancellationToken.None));
        Assert.Equal(("orphaned", new NanoUsd(30), call.Id.Attempt(1)), (record.Reason, record.Cost!.Value, record.AttemptId));
    }

    [Fact]
    [Trait("Acceptance", "T102")]
    public async Task A_lost_node_that_comes_back_corrects_the_estimates()
    {
        await using var set = await ReplicaSet.StartAsync();
        var (a, b) = (await set.NodeAsync("a"), await set.NodeAsync("b"));
        await a.OpenAsync();
        await b.OpenAsync();
        var (finished, unfinished) = (a.Call(30, set.Cap), a.Call(20, set.Cap));
        Assert.True((await a.ReserveAsync(finished)).IsGranted);
        Assert.True((await a.ReserveAsync(unfinished)).IsGranted);
        a.Dispatch(finished);
        a.Dispatch(unfinished);
        set.Redis.Freeze();
        a.Complete(finished, 7); // Journalled and not settled; shipped or not.
        var lost = a.Journal.Incarnation;
        await set.KillAsync(a);
        set.Redis.Thaw();
        await set.SilenceAsync(lost);
        await Patience.UntilAsync(() => b.Registry.ReadUnclosed().Any(i => i.Incarnation == lost && i.IsExpired), "the lost node is found dead");

        var again = await set.NodeAsync("a");
        await again.OpenAsync();

        await set.AssertSettledAsync(again, set.Cap, 27);
        await Patience.UntilAsync(() => again.Registry.ReadUnclosed().All(i => i.Incarnation != lost), "the earlier run is closed");
    }

    [Fact]
    public async Task A_killed_node_that_starts_again_settles_what_it_had_journalled_and_charges_what_it_had_under_way()
    {
        await using var set = await ReplicaSet.StartAsync();
        var a = await set.NodeAsync("a");
        await a.OpenAsync();
        var (done, open, unsent) = (a.Call(30, set.Cap), a.Call(20, set.Cap), a.Call(10, set.Cap));
        foreach (var call in (Reservation[])[done, open, unsent])
        {
            Assert.True((await a.ReserveAsync(call)).IsGranted);
        }

        a.Dispatch(done);
        a.Dispatch(open);
        set.Redis.Freeze();
        a.Complete(done, 5);
        await set.KillAsync(a);
        set.Redis.Thaw();

        var again = await set.NodeAsync("a");
        await again.OpenAsync();

        // 5 as reported, 20 as the strict hold of the call under way, nothing for the hold without an intent.
        await set.AssertSettledAsync(again, set.Cap, 25);
        Assert.Equal(again.Journal.Incarnation, Assert.Single(again.Registry.ReadUnclosed()).Incarnation);
    }

    [Fact]
    [Trait("Acceptance", "T102")]
    public async Task A_node_that_stood_still_is_fenced_and_goes_on_under_another_name()
    {
        await using var set = await ReplicaSet.StartAsync();
        var (a, b) = (await set.NodeAsync("a"), await set.NodeAsync("b"));
        await a.OpenAsync();
        await b.OpenAsync();
        var call = a.Call(30, set.Cap);
        Assert.True((await a.ReserveAsync(call)).IsGranted);
        a.Dispatch(call);
        var before = a.Journal.Incarnation;
        await Patience.UntilAsync(async () =>
        {
            // Its heartbeats come on, so it is dead only as long as nobody hears of the next.
            await set.SilenceAsync(before);

            // It may have noticed, gone on under another name and closed this one before anybody looks.
            return a.Journal.Incarnation != before || b.Registry.ReadUnclosed().Any(i => i.Incarnation == before && i.IsExpired);
        }, "the node is found dead");

        await Patience.UntilAsync(() => a.Journal.Incarnation != before && a.Gate.State is { IsVerified: true, IsOpen: true }, "the node has another name");
        await Patience.UntilAsync(async () => (await a.ReserveAsync(a.Call(1, set.Cap))).IsGranted, "the node reserves again");
        a.Complete(call, 12);

        await Patience.UntilAsync(async () =>
        {
            await a.SettleAsync();
            await b.SettleAsync();
            return (await b.BalanceAsync(set.Cap)).Spent == new NanoUsd(12);
        }, "the true cost is counted");
        Assert.Equal(new NanoUsd(12), await set.Ledger.ReadBudgetSpendAsync(set.Cap.Key, CancellationToken.None));
    }

    [Fact]
    public async Task A_tenant_that_is_new_to_the_epoch_is_opened_from_the_ledger_by_the_first_call()
    {
        await using var set = await ReplicaSet.StartAsync();
        var (a, b) = (await set.NodeAsync("a"), await set.NodeAsync("b"));
        await a.OpenAsync();
        await b.OpenAsync();
        var late = new AppliedBudget("late", set.Cap.Budget with { TenantId = "late", ScopeId = "late" }, set.Cap.Window);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 30).Select(async i =>
            (await (i % 2 == 0 ? a : b).ReserveAsync((i % 2 == 0 ? a : b).Call(10, late))).Outcome));

        Assert.Equal(10, outcomes.Count(o => o == ReserveOutcome.Granted));
        Assert.Equal(1, a.Gate.State.Number);
    }

    [Fact]
    [Trait("Acceptance", "T103")]
    public async Task A_node_that_starts_without_redis_refuses_until_it_is_there_and_then_goes_on_by_itself()
    {
        await using var set = await ReplicaSet.StartAsync();
        set.Redis.Kill();
        var a = await set.NodeAsync("a");
        Assert.Equal(ReserveOutcome.Unverifiable, (await a.ReserveAsync(a.Call(10, set.Cap))).Outcome);

        await set.Redis.StartAgainAsync();

        await a.OpenAsync();
        Assert.True((await a.ReserveAsync(a.Call(10, set.Cap))).IsGranted);
    }

    [Fact]
    public async Task What_was_spent_while_redis_was_away_is_in_it_when_it_is_back()
    {
        await using var set = await ReplicaSet.StartAsync();
        var a = await set.NodeAsync("a");
        await a.OpenAsync();
        set.Redis.Kill();
        var call = a.Call(10, set.Cap);
        a.Dispatch(call);
        a.Complete(call, 9);

        await set.Redis.StartAgainAsync();

        await a.OpenAsync();
        await set.AssertSettledAsync(a, set.Cap, 9);
    }

    [Fact]
    public async Task A_node_that_stops_is_closed_so_that_nobody_waits_for_it()
    {
        await using var set = await ReplicaSet.StartAsync();
        var (a, b) = (await set.NodeAsync("a"), await set.NodeAsync("b"));
        await a.OpenAsync();
        await b.OpenAsync();

        Assert.True(await a.Coordinator.StopAsync(CancellationToken.None));

        Assert.Equal(b.Journal.Incarnation, Assert.Single(b.Registry.ReadUnclosed()).Incarnation);
    }
}
