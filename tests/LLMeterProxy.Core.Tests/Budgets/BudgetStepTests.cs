using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using static LLMeterProxy.Core.Tests.Budgets.Calls;

namespace LLMeterProxy.Core.Tests.Budgets;

public sealed class BudgetStepTests
{
    private readonly BudgetSlot _slot = new(Tenant);

    // T110: at the limit, one nano above, zero, the end of int64. A free call passes everything (A57).
    [Theory]
    [InlineData(100, 100, ReserveOutcome.Granted)]
    [InlineData(99, 100, ReserveOutcome.TooBig)]
    [InlineData(100, 99, ReserveOutcome.Granted)]
    [InlineData(0, 1, ReserveOutcome.TooBig)]
    [InlineData(0, 0, ReserveOutcome.Granted)]
    [InlineData(long.MaxValue, long.MaxValue, ReserveOutcome.Granted)]
    [InlineData(long.MaxValue - 1, long.MaxValue, ReserveOutcome.TooBig)]
    public void A_hold_up_to_the_limit_is_granted_and_a_nano_more_is_not(long limit, long amount, ReserveOutcome expected)
    {
        Assert.Equal(expected, Reserve(Reservation(amount, [Applied("cap", limit)])));
    }

    [Fact]
    public void The_refusal_says_whether_the_limit_the_spend_or_the_calls_in_flight_are_in_the_way()
    {
        var budget = Applied("cap", 100);
        Spend(budget, 50);
        Assert.Equal(ReserveOutcome.Granted, Reserve(Reservation(20, [budget])));

        Assert.Equal(ReserveOutcome.TooBig, Reserve(Reservation(101, [budget])));
        Assert.Equal(ReserveOutcome.Exhausted, Reserve(Reservation(51, [budget])));
        Assert.Equal(ReserveOutcome.InFlight, Reserve(Reservation(31, [budget])));
        Assert.Equal(ReserveOutcome.Granted, Reserve(Reservation(30, [budget])));
    }

    [Fact]
    [Trait("Acceptance", "A16")]
    public void A_refusal_carries_the_figures_that_it_was_decided_on()
    {
        var budget = Applied("cap", 100);
        Spend(budget, 50);
        Reserve(Reservation(20, [budget]));

        var result = BudgetStep.Reserve(_slot, Reservation(31, [budget])).Result;

        Assert.Same(budget, result.Budget);
        Assert.Equal(new BudgetBalance(result.Spent, result.Held), _slot.Read(budget.Key));
        Assert.InRange(result.RetryAfter!.Value.TotalSeconds, 1, 30);
        Assert.Null(BudgetStep.Reserve(_slot, Reservation(51, [budget])).Result.RetryAfter);
    }

    [Fact]
    public void Over_several_budgets_the_most_final_refusal_is_the_answer_whatever_their_order()
    {
        var (held, exhausted, small) = (Applied("held", 100), Applied("exhausted", 100), Applied("small", 10));
        Reserve(Reservation(100, [held]));
        Spend(exhausted, 95);

        Assert.Equal(ReserveOutcome.TooBig, Reserve(Reservation(20, [held, exhausted, small])));
        Assert.Equal(ReserveOutcome.TooBig, Reserve(Reservation(20, [small, exhausted, held])));
        Assert.Equal(ReserveOutcome.Exhausted, Reserve(Reservation(20, [held, exhausted])));
        Assert.Equal(ReserveOutcome.InFlight, Reserve(Reservation(20, [held])));
    }

    [Fact]
    [Trait("Acceptance", "T109")]
    public void A_refusal_by_one_budget_leaves_nothing_on_the_others()
    {
        AppliedBudget[] budgets = [Applied("key", 100), Applied("month", 100), Applied("full", 5)];

        Assert.Equal(ReserveOutcome.TooBig, Reserve(Reservation(10, budgets)));

        Assert.All(budgets, b => Assert.Equal(default, _slot.Read(b.Key)));
        Assert.Equal(0, _slot.HoldCount);
        Assert.Equal(0, _slot.Operations);
    }

    [Fact]
    [Trait("Acceptance", "A57")]
    public void A_free_call_passes_an_overspent_budget()
    {
        var budget = Applied("cap", 10);
        Spend(budget, 15);

        Assert.Equal(ReserveOutcome.Granted, Reserve(Reservation(0, [budget])));
        Assert.Equal(ReserveOutcome.Exhausted, Reserve(Reservation(1, [budget])));
    }

    [Fact]
    public void Soft_and_shadow_budgets_count_and_never_refuse_and_shadow_says_what_it_would_have_refused()
    {
        var (soft, shadow) = (Applied("soft", 10, BudgetMode.Soft), Applied("shadow", 10, BudgetMode.Shadow));

        var effect = BudgetStep.Reserve(_slot, Reservation(25, [soft, shadow]));

        Assert.True(effect.Result.IsGranted);
        Assert.Equal([shadow.Budget], effect.ShadowRefusals);
        Assert.Equal(25, _slot.Read(soft.Key).Held.Value);
        Assert.Equal(25, _slot.Read(shadow.Key).Held.Value);
    }

    [Fact]
    public void A_call_that_a_hard_budget_refuses_is_no_shadow_refusal()
    {
        var effect = BudgetStep.Reserve(_slot, Reservation(25, [Applied("shadow", 10, BudgetMode.Shadow), Applied("hard", 10)]));

        Assert.Equal(ReserveOutcome.TooBig, effect.Result.Outcome);
        Assert.Null(effect.ShadowRefusals);
    }

    [Fact]
    [Trait("Acceptance", "A13")]
    public void The_same_reservation_again_is_granted_without_a_second_hold()
    {
        var budget = Applied("cap", 100);
        var reservation = Reservation(60, [budget], [Limited(requests: 6)]);

        Assert.Equal(ReserveOutcome.Granted, Reserve(reservation));
        Assert.Equal(ReserveOutcome.Granted, Reserve(reservation));

        Assert.Equal(60, _slot.Read(budget.Key).Held.Value);
        Assert.Equal(1, _slot.HoldCount);
    }

    [Fact]
    public void A_refused_reservation_may_ask_again_for_less_and_a_settled_one_may_hold_anew()
    {
        var budget = Applied("cap", 100);
        var tooMuch = Reservation(101, [budget]);
        Assert.Equal(ReserveOutcome.TooBig, Reserve(tooMuch));

        var less = Reservation(90, [budget], id: tooMuch.Id);
        Assert.Equal(ReserveOutcome.Granted, Reserve(less));
        BudgetStep.Settle(_slot, Settlement(less, 1, 10));

        Assert.Equal(ReserveOutcome.Granted, Reserve(less));
        Assert.Equal(new BudgetBalance(new NanoUsd(10), new NanoUsd(90)), _slot.Read(budget.Key));
    }

    [Fact]
    public void Settling_moves_the_hold_to_spend_even_above_it_and_says_by_how_much_the_limit_was_passed()
    {
        var (hard, soft) = (Applied("hard", 100), Applied("soft", 10, BudgetMode.Soft));
        var reservation = Reservation(80, [hard, soft]);
        Reserve(reservation);

        var effect = BudgetStep.Settle(_slot, Settlement(reservation, 1, 130));

        Assert.Equal(new NanoUsd(30), effect.Overshoot);
        Assert.Same(reservation, effect.Ended);
        Assert.Equal(new BudgetBalance(new NanoUsd(130), NanoUsd.Zero), _slot.Read(hard.Key));
    }

    [Fact]
    public void Overshoot_counts_only_what_a_settlement_adds_to_it()
    {
        var budget = Applied("cap", 100);
        var (first, second) = (Reservation(50, [budget]), Reservation(50, [budget]));
        Reserve(first);
        Reserve(second);

        Assert.Equal(new NanoUsd(20), BudgetStep.Settle(_slot, Settlement(first, 1, 120)).Overshoot);
        Assert.Equal(new NanoUsd(7), BudgetStep.Settle(_slot, Settlement(second, 2, 7)).Overshoot);
    }

    [Fact]
    [Trait("Acceptance", "T106")]
    public void A_settlement_at_or_below_the_watermark_of_its_stream_changes_nothing()
    {
        var budget = Applied("cap", 100);
        var (first, second) = (Reservation(10, [budget]), Reservation(10, [budget]));
        Reserve(first);
        Reserve(second);
        Assert.True(BudgetStep.Settle(_slot, Settlement(first, 2, 5)).Applied);

        Assert.False(BudgetStep.Settle(_slot, Settlement(first, 2, 5)).Applied);
        Assert.False(BudgetStep.Settle(_slot, Settlement(second, 1, 5)).Applied);
        Assert.Equal(new BudgetBalance(new NanoUsd(5), new NanoUsd(10)), _slot.Read(budget.Key));

        Assert.True(BudgetStep.Settle(_slot, Settlement(second, 1, 5, incarnation: "node-2.1")).Applied);
    }

    [Fact]
    public void A_loaded_watermark_hides_what_the_loaded_figures_contain()
    {
        var budget = Applied("cap", 100);
        BudgetStep.Load(_slot, budget.Key, new NanoUsd(40));
        BudgetStep.LoadWatermark(_slot, Tenant, Incarnation, 7);

        BudgetStep.Settle(_slot, Settlement(Reservation(1, [budget]), 7, 40));
        BudgetStep.Settle(_slot, Settlement(Reservation(1, [budget]), 8, 2));

        Assert.Equal(42, _slot.Read(budget.Key).Spent.Value);
    }

    [Fact]
    public void A_settlement_of_an_unknown_hold_still_adds_its_spend()
    {
        var budget = Applied("cap", 100);

        BudgetStep.Settle(_slot, Settlement(Reservation(10, [budget]), 1, 8));

        Assert.Equal(new BudgetBalance(new NanoUsd(8), NanoUsd.Zero), _slot.Read(budget.Key));
    }

    [Fact]
    public void A_settlement_that_does_not_end_the_hold_adds_spend_and_keeps_it()
    {
        var budget = Applied("cap", 100);
        var reservation = Reservation(30, [budget]);
        Reserve(reservation);

        BudgetStep.Settle(_slot, Settlement(reservation, 1, 4, endsHold: false));
        Assert.Equal(new BudgetBalance(new NanoUsd(4), new NanoUsd(30)), _slot.Read(budget.Key));

        BudgetStep.Settle(_slot, Settlement(reservation, 2, 6));
        Assert.Equal(new BudgetBalance(new NanoUsd(10), NanoUsd.Zero), _slot.Read(budget.Key));
    }

    [Fact]
    [Trait("Acceptance", "A64")]
    public void A_late_settlement_goes_to_the_window_of_its_reservation()
    {
        var yesterday = Applied("cap", 100);
        var today = Applied("cap", 100, window: "day:2026-11-25T00:00:00Z");
        var reservation = Reservation(30, [yesterday]);
        Reserve(reservation);

        BudgetStep.Settle(_slot, Settlement(reservation, 1, 25, at: Noon.AddDays(1)));

        Assert.Equal(25, _slot.Read(yesterday.Key).Spent.Value);
        Assert.Equal(default, _slot.Read(today.Key));
    }

    [Fact]
    public void A_correction_gives_back_and_never_makes_spend_negative()
    {
        var budget = Applied("cap", 100);
        Spend(budget, 20);
        BudgetStep.Settle(_slot, Settlement(Reservation(0, [budget]), 2, -5));
        Assert.Equal(15, _slot.Read(budget.Key).Spent.Value);

        BudgetStep.Settle(_slot, Settlement(Reservation(0, [budget]), 3, -50));
        Assert.Equal(0, _slot.Read(budget.Key).Spent.Value);
    }

    [Fact]
    public void Releasing_ends_the_hold_without_spend_once()
    {
        var budget = Applied("cap", 100);
        var reservation = Reservation(30, [budget], [Limited(concurrent: 1)]);
        Reserve(reservation);

        Assert.Same(reservation, BudgetStep.Release(_slot, reservation.Id));
        Assert.Null(BudgetStep.Release(_slot, reservation.Id));

        Assert.Equal(default, _slot.Read(budget.Key));
        Assert.Equal(ReserveOutcome.Granted, Reserve(Reservation(1, [], [Limited(concurrent: 1)])));
    }

    [Fact]
    [Trait("Acceptance", "T102")]
    public void A_dead_incarnation_reserves_no_more_and_its_holds_stay_until_their_new_owner_has_charged_them()
    {
        var budget = Applied("cap", 100);
        var orphan = Reservation(60, [budget], incarnation: "dead");
        Reserve(orphan);
        Reserve(Reservation(10, [budget]));

        Assert.Equal([new ExpiredHold(orphan, 1)], BudgetStep.Expire(_slot, "dead", Incarnation));

        Assert.Equal(70, _slot.Read(budget.Key).Held.Value);
        Assert.Equal(ReserveOutcome.Unverifiable, Reserve(Reservation(1, [budget], incarnation: "dead")));
        Assert.True(BudgetStep.Settle(_slot, Settlement(orphan, 1, 60)).Applied);
        Assert.Equal(new BudgetBalance(new NanoUsd(60), new NanoUsd(10)), _slot.Read(budget.Key));
        Assert.Empty(BudgetStep.Expire(_slot, "dead", Incarnation));
    }

    [Fact]
    [Trait("Acceptance", "T106")]
    public void What_a_dead_incarnation_spent_counts_once_whenever_it_arrives()
    {
        var budget = Applied("cap", 100);
        var orphan = Reservation(60, [budget], incarnation: "dead");
        Reserve(orphan);
        BudgetStep.Expire(_slot, "dead", Incarnation);

        Assert.True(BudgetStep.Settle(_slot, Settlement(orphan, 1, 3, incarnation: "dead")).Applied);
        Assert.False(BudgetStep.Settle(_slot, Settlement(orphan, 1, 3, incarnation: "dead")).Applied);

        Assert.Equal(new BudgetBalance(new NanoUsd(3), NanoUsd.Zero), _slot.Read(budget.Key));
    }

    [Fact]
    public void A_hold_whose_new_owner_dies_as_well_is_handed_to_a_third()
    {
        var orphan = Reservation(60, [Applied("cap", 100)], incarnation: "first");
        Reserve(orphan);
        BudgetStep.Expire(_slot, "first", "second");

        Assert.Empty(BudgetStep.Expire(_slot, "first", "third"));
        Assert.Equal([new ExpiredHold(orphan, 1)], BudgetStep.Expire(_slot, "second", "third"));
    }

    [Fact]
    public void The_charge_of_an_expired_hold_is_for_the_attempt_that_was_in_flight()
    {
        var orphan = Reservation(60, [Applied("cap", 100)], incarnation: "dead");
        Reserve(orphan);
        BudgetStep.Settle(_slot, Settlement(orphan, 1, 3, endsHold: false, incarnation: "dead"));

        Assert.Equal([new ExpiredHold(orphan, 2)], BudgetStep.Expire(_slot, "dead", Incarnation));
    }

    [Fact]
    public void An_overdue_hold_is_handed_over_once_and_its_owner_may_go_on()
    {
        var budget = Applied("cap", 100);
        var old = Reservation(60, [budget]);
        Reserve(old);

        Assert.Empty(BudgetStep.ExpireOverdue(_slot, Noon, Noon.AddHours(-1), "other"));
        Assert.Equal([new ExpiredHold(old, 1)], BudgetStep.ExpireOverdue(_slot, Noon.AddSeconds(1), Noon, "other"));
        Assert.Empty(BudgetStep.ExpireOverdue(_slot, Noon.AddSeconds(1), Noon, "third"));
        Assert.Equal(ReserveOutcome.Granted, Reserve(Reservation(1, [budget])));
    }

    [Fact]
    public void An_overdue_hold_of_another_tenant_is_never_charged_here_and_ends_in_the_end()
    {
        var budget = Applied("cap", 100);
        var foreign = Reservation(60, [budget], tenant: "other");
        Reserve(foreign);

        Assert.Empty(BudgetStep.ExpireOverdue(_slot, Noon.AddHours(1), Noon, "reaper"));
        Assert.Equal(60, _slot.Read(budget.Key).Held.Value);

        Assert.Empty(BudgetStep.ExpireOverdue(_slot, Noon.AddHours(2), Noon.AddSeconds(1), "reaper"));
        Assert.Equal(default, _slot.Read(budget.Key));
    }

    [Fact]
    public void A_hold_in_flight_comes_back_after_a_rebuild_without_a_check_and_once()
    {
        var budget = Applied("cap", 50);
        var limits = Limited(concurrent: 1);
        var reservation = Reservation(60, [budget], [limits], tokens: 10);

        Assert.True(BudgetStep.Rehold(_slot, reservation, attempt: 3));
        Assert.True(BudgetStep.Rehold(_slot, reservation, attempt: 3));

        Assert.Equal(60, _slot.Read(budget.Key).Held.Value);
        Assert.Equal(ReserveOutcome.Concurrency, Reserve(Reservation(1, [], [limits])));
        Assert.Equal([new ExpiredHold(reservation, 3)], BudgetStep.Expire(_slot, Incarnation, "other"));
        Assert.False(BudgetStep.Rehold(_slot, Reservation(1, [budget]), attempt: 1));
    }

    [Fact]
    public void A_call_undone_because_another_slot_refused_it_leaves_the_rate_as_it_was()
    {
        AppliedLimit[] limits = [Limited(requests: 6)];
        var undone = Reservation(0, [], limits);
        Reserve(undone);
        Assert.Equal(ReserveOutcome.RequestRate, Reserve(Reservation(0, [], limits)));

        BudgetStep.Release(_slot, undone.Id, isUndone: true);

        Assert.Equal(ReserveOutcome.Granted, Reserve(Reservation(0, [], limits)));
    }

    [Fact]
    public void A_forgotten_incarnation_leaves_neither_watermark_nor_fence()
    {
        var budget = Applied("cap", 100);
        BudgetStep.Settle(_slot, Settlement(Reservation(0, [budget]), 5, 7));
        BudgetStep.Expire(_slot, Incarnation, "other");

        BudgetStep.Forget(_slot, Incarnation);

        Assert.True(BudgetStep.Settle(_slot, Settlement(Reservation(0, [budget]), 1, 1)).Applied);
        Assert.Equal(ReserveOutcome.Granted, Reserve(Reservation(1, [budget])));
    }

    [Fact]
    [Trait("Acceptance", "A12")]
    public void Loading_sets_and_never_adds()
    {
        var budget = Applied("cap", 1000);
        Reserve(Reservation(5, [budget]));
        Spend(budget, 10);

        BudgetStep.Load(_slot, budget.Key, new NanoUsd(70));
        BudgetStep.Load(_slot, budget.Key, new NanoUsd(70));

        Assert.Equal(new BudgetBalance(new NanoUsd(70), new NanoUsd(5)), _slot.Read(budget.Key));
    }

    [Fact]
    public void A_lower_limit_binds_the_next_call_and_keeps_what_was_counted()
    {
        Assert.Equal(ReserveOutcome.Granted, Reserve(Reservation(60, [Applied("cap", 100)])));

        Assert.Equal(ReserveOutcome.InFlight, Reserve(Reservation(10, [Applied("cap", 65)])));
        Assert.Equal(ReserveOutcome.Granted, Reserve(Reservation(10, [Applied("cap", 70)])));
    }

    [Fact]
    public void Trimming_drops_only_windows_long_over_and_without_holds()
    {
        var (idle, busy) = (Applied("idle", 100), Applied("busy", 100));
        var (settled, reservation) = (Reservation(10, [idle]), Reservation(7, [busy]));
        Reserve(settled);
        Reserve(reservation);
        BudgetStep.Settle(_slot, Settlement(settled, 1, 10));

        BudgetStep.Trim(_slot, idle.Window.End.AddDays(2));
        Assert.Equal(10, _slot.Read(idle.Key).Spent.Value);

        BudgetStep.Trim(_slot, idle.Window.End.AddDays(2).AddSeconds(1));
        Assert.Equal(default, _slot.Read(idle.Key));
        Assert.Equal(7, _slot.Read(busy.Key).Held.Value);

        BudgetStep.Settle(_slot, Settlement(reservation, 2, 5));
        BudgetStep.Trim(_slot, idle.Window.End.AddDays(3));
        Assert.Equal(default, _slot.Read(busy.Key));
    }

    [Fact]
    public void Trimming_keeps_a_total_and_a_loaded_month_that_may_still_run()
    {
        var total = new BudgetWindowKey(Tenant, "total", "total");
        var month = new BudgetWindowKey(Tenant, "month", "month:2026-11-01T00:00:00Z");
        BudgetStep.Load(_slot, total, new NanoUsd(1));
        BudgetStep.Load(_slot, month, new NanoUsd(2));

        BudgetStep.Trim(_slot, Noon.AddDays(10));
        Assert.Equal(2, _slot.Read(month).Spent.Value);

        BudgetStep.Trim(_slot, Noon.AddYears(10));
        Assert.Equal(default, _slot.Read(month));
        Assert.Equal(1, _slot.Read(total).Spent.Value);
    }

    [Fact]
    public void An_epoch_only_rises()
    {
        Assert.True(BudgetStep.Fence(_slot, 3));
        Assert.False(BudgetStep.Fence(_slot, 2));
        Assert.Equal(3, _slot.Epoch);
    }

    [Fact]
    [Trait("Acceptance", "A18")]
    public void Negative_amounts_are_refused_on_every_write_path()
    {
        var budget = Applied("cap", 100);

        Assert.Throws<ArgumentOutOfRangeException>(() => Reserve(Reservation(-1, [budget])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Reserve(Reservation(1, [budget], tokens: -1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => BudgetStep.Load(_slot, budget.Key, new NanoUsd(-1)));
        Assert.Equal(default, _slot.Read(budget.Key));
    }

    [Fact]
    public void A_settlement_at_the_end_of_int64_neither_throws_nor_wraps()
    {
        var budget = Applied("cap", 100, BudgetMode.Soft);
        Spend(budget, long.MaxValue - 1);

        BudgetStep.Settle(_slot, Settlement(Reservation(0, [budget]), 2, 10));

        Assert.Equal(long.MaxValue, _slot.Read(budget.Key).Spent.Value);
    }

    private ReserveOutcome Reserve(Reservation reservation) => BudgetStep.Reserve(_slot, reservation).Result.Outcome;

    private void Spend(AppliedBudget budget, long cost) =>
        BudgetStep.Settle(_slot, Settlement(Reservation(0, [budget]), 1, cost));
}
