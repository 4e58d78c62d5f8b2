using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.TestKit;
using LLMeterProxy.TestKit.Redis;
using Microsoft.Extensions.Time.Testing;
using static LLMeterProxy.Storage.Tests.Budgets.Calls;

namespace LLMeterProxy.Storage.Tests.Budgets.Redis;

/// <summary>What a node does around its scripts: the queue, its holds in flight, foreign slots and repeated denials.</summary>
public sealed class RedisSettlementTests(SingleServerFixture fixture) : IClassFixture<SingleServerFixture>
{
    private readonly string _tenant = "t" + RequestIdGenerator.At(Noon).Value.ToString("N");

    // Two nodes send the same streams, each twice and from another place: every settlement counts once, and none is skipped.
    [Fact]
    [Trait("Acceptance", "T106")]
    public async Task Streams_sent_again_and_by_several_nodes_count_once()
    {
        var (budget, global) = (Applied(_tenant, "cap", long.MaxValue), Applied(AppliedBudget.GlobalSlot, "cap-" + _tenant, long.MaxValue));
        await using var first = await StartAsync();
        await using var second = await RedisNode.StartAsync(RedisNode.Patient(fixture.Server.EndPoint), sibling: first);
        var settlements = Enumerable.Range(1, 500).Select(i => Settlement(Reservation(_tenant, 0, i % 3 == 0 ? [budget] : [budget, global]), i, i)).ToList();

        await Task.WhenAll(new[] { first, second, first }.Select(node => Task.Run(() => settlements.ForEach(node.Settle))));
        settlements.ForEach(second.Settle);

        await first.Store.FlushAsync(CancellationToken.None);
        Assert.Equal(RedisNode.Balance(settlements.Sum(s => s.Cost.Value), 0), await second.BalanceAsync(budget));
        Assert.Equal(RedisNode.Balance(settlements.Where(s => s.Budgets.Count == 2).Sum(s => s.Cost.Value), 0), await second.BalanceAsync(global));
    }

    [Fact]
    [Trait("Acceptance", "T106")]
    public async Task What_does_not_fit_into_the_queue_comes_from_the_journal()
    {
        await using var server = await RedisServer.StartAsync();
        var budget = Applied(_tenant, "cap", long.MaxValue);
        await using var node = await RedisNode.StartAsync(RedisNode.Patient(server.EndPoint) with { QueueCapacity = 8 });
        var call = Reservation(_tenant, 5, [budget]);
        var released = Reservation(_tenant, 7, [budget]);
        await node.Store.ReserveAsync(call, CancellationToken.None);
        await node.Store.ReserveAsync(released, CancellationToken.None);

        server.Freeze();
        for (var i = 1; i <= 1_000; i++)
        {
            node.Settle(Settlement(call, i, 1, endsHold: i == 1_000));
        }

        node.Store.Release(_tenant, released.Id);
        server.Thaw();

        Assert.Equal(RedisNode.Balance(1_000, 0), await node.BalanceAsync(budget));
        Assert.Equal(0, node.Store.HoldCount);
        Assert.InRange(node.Journal.Reads, 2, int.MaxValue); // The first was at the start.
        node.Settle(Settlement(call, 1_001, 1));
        Assert.Equal(RedisNode.Balance(1_001, 0), await node.BalanceAsync(budget));
    }

    [Fact]
    public async Task A_further_attempt_of_a_settled_call_holds_anew()
    {
        var budget = Applied(_tenant, "cap", 100);
        await using var node = await StartAsync();
        var call = Reservation(_tenant, 60, [budget]);
        await node.Store.ReserveAsync(call, CancellationToken.None);
        node.Settle(Settlement(call, 1, 30));

        Assert.True((await node.Store.ReserveAsync(call, CancellationToken.None)).IsGranted);

        Assert.Equal(RedisNode.Balance(30, 60), await node.BalanceAsync(budget));
        node.Settle(Settlement(call, 2, 30));
        Assert.Equal(RedisNode.Balance(60, 0), await node.BalanceAsync(budget));
    }

    [Fact]
    public async Task A_call_that_a_foreign_slot_refused_leaves_nothing_and_may_ask_for_less()
    {
        var (budget, global) = (Applied(_tenant, "cap", 100), Applied(AppliedBudget.GlobalSlot, "cap-" + _tenant, 50));
        var limits = Limited(_tenant, "tenant", requests: 6);
        await using var node = await StartAsync();
        var id = RequestIdGenerator.At(Noon);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(ReserveOutcome.TooBig, (await node.Store.ReserveAsync(Reservation(_tenant, 60, [budget, global], [limits], id), CancellationToken.None)).Outcome);
        }

        Assert.Equal(default, await node.BalanceAsync(budget));
        Assert.True((await node.Store.ReserveAsync(Reservation(_tenant, 50, [budget, global], [limits], id), CancellationToken.None)).IsGranted);
        Assert.Equal(RedisNode.Balance(0, 50), await node.BalanceAsync(budget));
        Assert.Equal(RedisNode.Balance(0, 50), await node.BalanceAsync(global));
    }

    // After a restart nobody on this node knows where else the call holds; the hold itself does.
    [Fact]
    public async Task The_settlement_of_another_nodes_call_ends_its_holds_in_every_slot()
    {
        var limit = Limited(_tenant + "-owner", "key_1", concurrent: 1);
        await using var dead = await StartAsync();
        await using var heir = await RedisNode.StartAsync(RedisNode.Patient(fixture.Server.EndPoint), sibling: dead);
        var call = Reservation(_tenant, 0, [], [limit]);
        Assert.True((await dead.Store.ReserveAsync(call, CancellationToken.None)).IsGranted);
        Assert.Equal(ReserveOutcome.Concurrency, (await heir.Store.ReserveAsync(Reservation(_tenant, 0, [], [limit]), CancellationToken.None)).Outcome);

        heir.Settle(Settlement(call, 1, 0));
        await heir.Store.FlushAsync(CancellationToken.None);

        Assert.True((await heir.Store.ReserveAsync(Reservation(_tenant, 0, [], [limit]), CancellationToken.None)).IsGranted);
    }

    [Fact]
    public async Task What_is_applied_is_told_to_the_journal_in_order()
    {
        await using var node = await StartAsync();
        var settlements = Enumerable.Range(1, 50).Select(i => Settlement(Reservation(_tenant, 0, [Applied(_tenant, "cap", 10)]), i, 1)).ToList();
        settlements.ForEach(node.Settle);
        await node.Store.FlushAsync(CancellationToken.None);

        Assert.Equal(settlements.Select(s => (s.Sequence, 1L)), node.Journal.AppliedOnes.Select(a => (a.Settlement.Sequence, a.Epoch)).Distinct());
    }

    // A1 over nodes: three of them on one budget, together exactly what fits.
    [Fact]
    [Trait("Acceptance", "A1")]
    public async Task Nodes_that_share_a_budget_admit_together_exactly_what_fits()
    {
        var budget = Applied(_tenant, "cap", 505);
        await using var first = await StartAsync();
        await using var second = await RedisNode.StartAsync(RedisNode.Patient(fixture.Server.EndPoint), sibling: first);
        await using var third = await RedisNode.StartAsync(RedisNode.Patient(fixture.Server.EndPoint), sibling: first);
        RedisNode[] nodes = [first, second, third];

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 600).Select(i =>
            Task.Run(async () => await nodes[i % 3].Store.ReserveAsync(Reservation(_tenant, 10, [budget]), CancellationToken.None))));

        Assert.Equal(50, outcomes.Count(o => o.IsGranted));
        Assert.All(outcomes.Where(o => !o.IsGranted), o => Assert.InRange(o.Spent.Value + o.Held.Value, 0, 505));
        Assert.Equal(RedisNode.Balance(0, 500), await second.BalanceAsync(budget));
    }

    [Fact]
    [Trait("Acceptance", "A20")]
    public void A_denial_is_repeated_for_a_moment_for_the_same_limit_and_no_smaller_amount()
    {
        var time = new FakeTimeProvider(Noon);
        var cache = new DenialCache(TimeSpan.FromSeconds(1), time);
        var budget = Applied(_tenant, "cap", 100);
        var denial = BudgetRefusal.Of(ReserveOutcome.Exhausted, budget, new NanoUsd(20), new NanoUsd(90), NanoUsd.Zero);
        cache.Add(denial, new NanoUsd(20));

        Assert.Equal(denial, cache.Find(Reservation(_tenant, 20, [budget])));
        Assert.Equal(ReserveOutcome.TooBig, cache.Find(Reservation(_tenant, 101, [budget]))!.Value.Outcome);
        Assert.Null(cache.Find(Reservation(_tenant, 19, [budget])));
        Assert.Null(cache.Find(Reservation(_tenant, 20, [Applied(_tenant, "cap", 110)])));
        Assert.Null(cache.Find(Reservation(_tenant, 20, [Applied(_tenant, "cap", 100, BudgetMode.Soft)])));

        // Asking prolongs nothing.
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.NotNull(cache.Find(Reservation(_tenant, 20, [budget])));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(cache.Find(Reservation(_tenant, 20, [budget])));
    }

    private Task<RedisNode> StartAsync() => RedisNode.StartAsync(RedisNode.Patient(fixture.Server.EndPoint));
}
