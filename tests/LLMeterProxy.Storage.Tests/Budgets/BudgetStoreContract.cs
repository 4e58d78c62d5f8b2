using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;
using static LLMeterProxy.Storage.Tests.Budgets.Calls;

namespace LLMeterProxy.Storage.Tests.Budgets;

/// <summary>What every budget store does, whatever carries its steps. A store's test class derives from this and adds nothing to pass it.</summary>
public abstract class BudgetStoreContract
{
    private readonly string _tenant = "t" + RequestIdGenerator.At(Noon).Value.ToString("N");

    protected RecordingBudgetObserver Observer { get; } = new();

    protected abstract IBudgetStore Store { get; }

    /// <summary>Completes when every settlement and release so far has been applied.</summary>
    protected virtual Task AppliedAsync() => Task.CompletedTask;

    // A1, T101: 400 tasks for 500 of room at 10 each, then 10,000 for 100.
    [Theory]
    [InlineData(400, 500, 10, 50)]
    [InlineData(10_000, 1_009, 10, 100)]
    [Trait("Acceptance", "T101")]
    public async Task Concurrent_reservations_admit_exactly_what_fits(int calls, long limit, long amount, int expected)
    {
        var budget = Applied(_tenant, "cap", limit);

        var outcomes = await Concurrently(calls, _ => Reservation(_tenant, amount, [budget]));

        Assert.Equal(expected, outcomes.Count(o => o.IsGranted));
        Assert.All(outcomes.Where(o => !o.IsGranted), o => Assert.Equal(ReserveOutcome.InFlight, o.Outcome));
        Assert.Equal(new BudgetBalance(NanoUsd.Zero, new NanoUsd(expected * amount)), await ReadAsync(budget));
    }

    [Fact]
    [Trait("Acceptance", "A11")]
    public async Task Concurrent_reservations_over_many_levels_hold_on_all_or_on_none()
    {
        var (other, global) = (_tenant + "-other", Applied(AppliedBudget.GlobalSlot, "global-" + _tenant, 700));
        var (key, mine, theirs) = (Applied(_tenant, "key", 450), Applied(_tenant, "month", 500), Applied(other, "month", 400));

        var outcomes = await Concurrently(2_000, i => i % 2 == 0
            ? Reservation(_tenant, 10, [key, mine, global])
            : Reservation(other, 10, [theirs, global]));

        var granted = outcomes.Count(o => o.IsGranted) * 10;
        var (ours, others) = ((await ReadAsync(mine)).Held.Value, (await ReadAsync(theirs)).Held.Value);
        Assert.Equal(granted, ours + others);
        Assert.Equal(granted, (await ReadAsync(global)).Held.Value);
        Assert.Equal(ours, (await ReadAsync(key)).Held.Value);
        Assert.InRange(ours, 0, 450);
        Assert.InRange(others, 0, 400);

        // In process no hold is ever taken back, so the room is used to the last; across a network a false refusal may pass.
        Assert.InRange(granted, 600, 700);
    }

    [Fact]
    [Trait("Acceptance", "T109")]
    public async Task A_full_level_leaves_no_residue_on_the_others()
    {
        var (tenant, global) = (Applied(_tenant, "month", 100), Applied(AppliedBudget.GlobalSlot, "full-" + _tenant, 5));

        var result = await ReserveAsync(Reservation(_tenant, 10, [tenant, global]));

        Assert.Equal(ReserveOutcome.TooBig, result.Outcome);
        Assert.Equal(global.Key, result.Budget!.Key);
        Assert.Equal(default, await ReadAsync(tenant));
        Assert.Equal(default, await ReadAsync(global));
    }

    [Fact]
    public async Task The_most_final_refusal_wins_across_slots()
    {
        var (tenant, global) = (Applied(_tenant, "month", 100), Applied(AppliedBudget.GlobalSlot, "small-" + _tenant, 50));
        Assert.True((await ReserveAsync(Reservation(_tenant, 50, [tenant]))).IsGranted);

        Assert.Equal(ReserveOutcome.TooBig, (await ReserveAsync(Reservation(_tenant, 60, [tenant, global]))).Outcome);
    }

    [Fact]
    [Trait("Acceptance", "T105")]
    public async Task The_same_reservation_at_once_from_many_holds_once()
    {
        var (tenant, global) = (Applied(_tenant, "cap", 100), Applied(AppliedBudget.GlobalSlot, "cap-" + _tenant, 100));
        var reservation = Reservation(_tenant, 60, [tenant, global]);

        var outcomes = await Concurrently(50, _ => reservation);

        Assert.All(outcomes, o => Assert.True(o.IsGranted));
        Assert.Equal(60, (await ReadAsync(tenant)).Held.Value);
        Assert.Equal(60, (await ReadAsync(global)).Held.Value);
    }

    [Fact]
    [Trait("Acceptance", "T106")]
    public async Task Settling_twice_charges_once_on_every_level()
    {
        var (tenant, global) = (Applied(_tenant, "cap", 100), Applied(AppliedBudget.GlobalSlot, "cap-" + _tenant, 100));
        var reservation = Reservation(_tenant, 60, [tenant, global]);
        await ReserveAsync(reservation);

        Store.Settle(Settlement(reservation, 1, 45));
        Store.Settle(Settlement(reservation, 1, 45));
        await AppliedAsync();

        Assert.Equal(new BudgetBalance(new NanoUsd(45), NanoUsd.Zero), await ReadAsync(tenant));
        Assert.Equal(new BudgetBalance(new NanoUsd(45), NanoUsd.Zero), await ReadAsync(global));
    }

    [Fact]
    public async Task Releasing_ends_the_hold_on_every_level_and_unknown_ids_change_nothing()
    {
        var (tenant, global) = (Applied(_tenant, "cap", 100), Applied(AppliedBudget.GlobalSlot, "cap-" + _tenant, 100));
        var reservation = Reservation(_tenant, 60, [tenant, global]);
        await ReserveAsync(reservation);

        Store.Release(_tenant, RequestIdGenerator.At(Noon));
        Assert.Equal(60, (await ReadAsync(global)).Held.Value);
        Store.Release(_tenant, reservation.Id);
        Store.Release(_tenant, reservation.Id);

        Assert.Equal(default, await ReadAsync(tenant));
        Assert.Equal(default, await ReadAsync(global));
    }

    [Fact]
    public async Task The_limits_of_a_shared_keys_owner_count_calls_on_behalf_of_others()
    {
        var owner = _tenant + "-owner";
        var limit = Limited(owner, "key_1", concurrent: 1);
        var reservation = Reservation(_tenant, 0, [], [limit]);
        Assert.True((await ReserveAsync(reservation)).IsGranted);

        var refused = await ReserveAsync(Reservation(_tenant + "-other", 0, [], [limit]));
        Assert.Equal(ReserveOutcome.Concurrency, refused.Outcome);
        Assert.Equal(limit, refused.Limit);

        Store.Settle(Settlement(reservation, 1, 0));
        await AppliedAsync();
        Assert.True((await ReserveAsync(Reservation(_tenant + "-other", 0, [], [limit]))).IsGranted);
    }

    [Fact]
    public async Task Tenants_do_not_share_counters_whose_budgets_have_the_same_name()
    {
        var (mine, theirs) = (Applied(_tenant, "cap", 100), Applied(_tenant + "-other", "cap", 100));
        await ReserveAsync(Reservation(_tenant, 60, [mine]));

        Assert.Equal(default, await ReadAsync(theirs));
    }

    [Fact]
    [Trait("Acceptance", "A9")]
    public async Task An_actual_cost_above_its_hold_is_counted_in_full_and_observed()
    {
        var (tenant, global) = (Applied(_tenant, "cap", 100), Applied(AppliedBudget.GlobalSlot, "cap-" + _tenant, 90));
        var reservation = Reservation(_tenant, 80, [tenant, global]);
        await ReserveAsync(reservation);

        Store.Settle(Settlement(reservation, 1, 120));
        await AppliedAsync();

        Assert.Equal(120, (await ReadAsync(tenant)).Spent.Value);
        Assert.Equal([(_tenant, new NanoUsd(30))], Observer.Overshoots);
        Assert.Equal(ReserveOutcome.Exhausted, (await ReserveAsync(Reservation(_tenant, 1, [tenant]))).Outcome);
    }

    [Fact]
    public async Task A_shadow_budget_is_observed_and_refuses_nothing()
    {
        var shadow = Applied(_tenant, "shadow", 10, BudgetMode.Shadow);

        Assert.True((await ReserveAsync(Reservation(_tenant, 25, [shadow]))).IsGranted);

        Assert.Equal([(_tenant, shadow.Budget)], Observer.ShadowRefusals);
        Assert.Equal(25, (await ReadAsync(shadow)).Held.Value);
    }

    // The opening of a new budget comes to every node, in the ledger's own stream.
    [Fact]
    [Trait("Acceptance", "A12")]
    public async Task The_ledgers_opening_sum_from_many_nodes_is_added_once()
    {
        var budget = Applied(_tenant, "opened", 100);
        var reservation = Reservation(_tenant, 5, [budget]);
        await ReserveAsync(reservation);
        Store.Settle(Settlement(reservation, 1, 5));

        for (var node = 0; node < 6; node++)
        {
            Store.Settle(Settlement(Reservation(_tenant, 0, [budget]), 1, 20, incarnation: Core.Budgets.Settlement.LedgerIncarnation));
        }

        Assert.Equal(25, (await ReadAsync(budget)).Spent.Value);
    }

    [Fact]
    [Trait("Acceptance", "T111")]
    public async Task Calls_in_flight_over_a_rollover_are_charged_to_the_window_of_their_reservation()
    {
        var (today, tomorrow) = (Applied(_tenant, "cap", 100_000), Applied(_tenant, "cap", 100_000, day: 25));
        var old = new List<Reservation>();
        for (var i = 0; i < 1_000; i++)
        {
            old.Add(Reservation(_tenant, 10, [today]));
            await ReserveAsync(old[i]);
        }

        Assert.Equal(default, await ReadAsync(tomorrow));
        var young = Reservation(_tenant, 10, [tomorrow]);
        await ReserveAsync(young);
        long sequence = 0;
        old.ForEach(r => Store.Settle(Settlement(r, ++sequence, 7)));
        Store.Settle(Settlement(young, ++sequence, 9));

        Assert.Equal(new BudgetBalance(new NanoUsd(7_000), NanoUsd.Zero), await ReadAsync(today));
        Assert.Equal(new BudgetBalance(new NanoUsd(9), NanoUsd.Zero), await ReadAsync(tomorrow));
    }

    // A19, T114, I3, I4: many writers, odd amounts, two levels; at rest the sums are exact and nothing is held.
    [Fact]
    [Trait("Acceptance", "A19")]
    public async Task At_rest_nothing_is_held_and_the_sums_are_exact_to_the_nano()
    {
        const int Writers = 8;
        const int CallsPerWriter = 2_000;
        var global = Applied(AppliedBudget.GlobalSlot, "sum-" + _tenant, long.MaxValue);
        var budgets = Enumerable.Range(0, Writers).Select(w => Applied($"{_tenant}-{w}", "sum", long.MaxValue)).ToArray();
        var sums = new long[Writers];

        // A stream's settlements come in order, as they do from under the journal's lock.
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            var random = new Random(w);
            for (var i = 1; i <= CallsPerWriter; i++)
            {
                var reservation = Reservation($"{_tenant}-{w}", random.Next(1, 1_000), [budgets[w], global]);
                Assert.True((await ReserveAsync(reservation)).IsGranted);
                if (i % 10 == 0)
                {
                    Store.Release(reservation.Tenant, reservation.Id);
                    continue;
                }

                var cost = random.Next(0, 1_200);
                sums[w] += cost;
                Store.Settle(Settlement(reservation, i, cost));
            }
        })));

        for (var w = 0; w < Writers; w++)
        {
            Assert.Equal(new BudgetBalance(new NanoUsd(sums[w]), NanoUsd.Zero), await ReadAsync(budgets[w]));
        }

        Assert.Equal(new BudgetBalance(new NanoUsd(sums.Sum()), NanoUsd.Zero), await ReadAsync(global));
    }

    protected async Task<ReserveResult> ReserveAsync(Reservation reservation) =>
        await Store.ReserveAsync(reservation, CancellationToken.None);

    protected async Task<BudgetBalance> ReadAsync(AppliedBudget budget)
    {
        await AppliedAsync();
        return await Store.ReadAsync(budget.Key, CancellationToken.None);
    }

    /// <summary>Starts all calls behind one gate, so that they meet.</summary>
    private async Task<ReserveResult[]> Concurrently(int calls, Func<int, Reservation> call)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tasks = Enumerable.Range(0, calls).Select(i => Task.Run(async () =>
        {
            var reservation = call(i);
            await start.Task;
            return await ReserveAsync(reservation);
        })).ToArray();
        start.SetResult();
        return await Task.WhenAll(tasks);
    }
}
