using CsCheck;
using LLMeterProxy.Core.Budgets;
using static LLMeterProxy.Core.Tests.Budgets.Calls;

namespace LLMeterProxy.Core.Tests.Budgets;

public sealed class RateLimitTests
{
    private readonly BudgetSlot _slot = new(Tenant);
    private long _sequence;

    [Fact]
    public void Requests_pass_in_a_burst_of_a_sixth_and_then_at_the_pace()
    {
        AppliedLimit[] limits = [Limited(requests: 60)];
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(ReserveOutcome.Granted, Reserve(Noon, limits).Outcome);
        }

        var refused = Reserve(Noon, limits);
        Assert.Equal(ReserveOutcome.RequestRate, refused.Outcome);
        Assert.Same(limits[0], refused.Limit);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.RetryAfter);
        Assert.Equal(ReserveOutcome.Granted, Reserve(Noon + refused.RetryAfter!.Value, limits).Outcome);
    }

    [Fact]
    [Trait("Acceptance", "A20")]
    public void Refused_requests_consume_nothing_and_extend_nothing()
    {
        AppliedLimit[] limits = [Limited(requests: 6, tokens: 100)];
        Reserve(Noon, limits, tokens: 100);
        var first = Reserve(Noon, limits, tokens: 50);
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(first.RetryAfter - TimeSpan.FromMilliseconds(i), Reserve(Noon.AddMilliseconds(i), limits, tokens: 50).RetryAfter);
        }

        Assert.Equal(1, _slot.HoldCount);
    }

    // A limit of 1 has a burst of 1, hence no sixth to start with.
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(600)]
    [InlineData(100_003)]
    [Trait("Acceptance", "A95")]
    public void Under_constant_pressure_each_minute_admits_the_limit_within_one_percent(long limit)
    {
        AppliedLimit[] limits = [Limited(requests: limit)];
        var step = TimeSpan.FromMinutes(1) / (3 * limit);
        var now = Noon;
        Admit(TimeSpan.FromSeconds(30));

        for (var minute = 0; minute < 3; minute++)
        {
            Assert.InRange(Admit(TimeSpan.FromMinutes(1)), limit - Math.Max(1, limit / 100), limit + Math.Max(1, limit / 100));
        }

        long Admit(TimeSpan duration)
        {
            var end = now + duration;
            long admitted = 0;
            for (; now < end; now += step)
            {
                var reservation = Reservation(0, limits: limits, at: now);
                if (BudgetStep.Reserve(_slot, reservation).Result.IsGranted)
                {
                    BudgetStep.Settle(_slot, Settlement(reservation, ++_sequence, 0));
                    admitted++;
                }
            }

            return admitted;
        }
    }

    // A95: for any arrivals, what passes in t minutes is at most the burst and t times the limit; tokens likewise.
    [Fact]
    [Trait("Acceptance", "A95")]
    public void Whatever_the_arrivals_no_stretch_admits_more_than_its_pace_and_one_burst()
    {
        Gen.Select(Gen.Long[1, 5000], Gen.Long[1, 200_000], Gen.Select(Gen.Int[0, 2000], Gen.Int[0, 4000]).Array[50, 400]).Sample((requestLimit, tokenLimit, arrivals) =>
        {
            var slot = new BudgetSlot(Tenant);
            AppliedLimit[] limits = [Limited(requests: requestLimit, tokens: tokenLimit)];
            var now = Noon;
            var admitted = new List<(DateTimeOffset At, long Tokens)>();
            foreach (var (gap, tokens) in arrivals)
            {
                now = now.AddMilliseconds(gap);
                if (BudgetStep.Reserve(slot, Reservation(0, limits: limits, at: now, tokens: tokens)).Result.IsGranted)
                {
                    admitted.Add((now, tokens));
                }
            }

            for (var from = 0; from < admitted.Count; from += 7)
            {
                long sum = 0;
                for (var to = from; to < admitted.Count; to++)
                {
                    sum += admitted[to].Tokens;
                    var minutes = (admitted[to].At - admitted[from].At) / TimeSpan.FromMinutes(1);
                    if (to - from + 1 > Math.Max(1, requestLimit / 6) + minutes * requestLimit + 1e-6 || sum > tokenLimit + minutes * tokenLimit + 1e-3)
                    {
                        return false;
                    }
                }
            }

            return true;
        }, iter: 300);
    }

    [Fact]
    public void Tokens_are_debited_by_estimate_then_by_what_was_used_and_may_go_negative()
    {
        AppliedLimit[] limits = [Limited(tokens: 600)];
        var reservation = Reservation(0, limits: limits, tokens: 100);
        BudgetStep.Reserve(_slot, reservation);

        BudgetStep.Settle(_slot, Settlement(reservation, 1, 0, tokens: 900));

        // 300 below nothing: 30 s until the bucket owes nothing, and a tenth of a second for the one token.
        var refused = Reserve(Noon, limits);
        Assert.Equal(ReserveOutcome.TokenRate, refused.Outcome);
        Assert.Equal(TimeSpan.FromSeconds(30.1), refused.RetryAfter);
        Assert.Equal(ReserveOutcome.Granted, Reserve(Noon.AddSeconds(30.1), limits).Outcome);
    }

    [Fact]
    public void A_settlement_below_the_estimate_gives_back_but_never_above_the_capacity()
    {
        AppliedLimit[] limits = [Limited(tokens: 600)];
        var reservation = Reservation(0, limits: limits, tokens: 600);
        BudgetStep.Reserve(_slot, reservation);
        Assert.Equal(ReserveOutcome.TokenRate, Reserve(Noon, limits, tokens: 590).Outcome);

        BudgetStep.Settle(_slot, Settlement(reservation, 1, 0, tokens: 10));
        Assert.Equal(ReserveOutcome.TokenRate, Reserve(Noon, limits, tokens: 591).Outcome);
        Assert.Equal(ReserveOutcome.Granted, Reserve(Noon, limits, tokens: 590).Outcome);
    }

    [Fact]
    public void A_release_gives_its_tokens_back()
    {
        AppliedLimit[] limits = [Limited(tokens: 600)];
        var reservation = Reservation(0, limits: limits, tokens: 600);
        BudgetStep.Reserve(_slot, reservation);

        BudgetStep.Release(_slot, reservation.Id);

        Assert.Equal(ReserveOutcome.Granted, Reserve(Noon, limits, tokens: 600).Outcome);
    }

    [Fact]
    public void Each_attempt_of_a_call_counts_its_tokens_and_the_estimate_is_replaced_once()
    {
        AppliedLimit[] limits = [Limited(tokens: 600)];
        var reservation = Reservation(0, limits: limits, tokens: 100);
        BudgetStep.Reserve(_slot, reservation);

        BudgetStep.Settle(_slot, Settlement(reservation, 1, 0, endsHold: false, tokens: 200));
        BudgetStep.Settle(_slot, Settlement(reservation, 2, 0, tokens: 300));

        Assert.Equal(ReserveOutcome.TokenRate, Reserve(Noon, limits, tokens: 101).Outcome);
        Assert.Equal(ReserveOutcome.Granted, Reserve(Noon, limits, tokens: 100).Outcome);
    }

    [Fact]
    public void A_call_of_more_tokens_than_the_bucket_is_refused_for_good()
    {
        var refused = Reserve(Noon, [Limited(tokens: 600)], tokens: 601);

        Assert.Equal(ReserveOutcome.TokenRate, refused.Outcome);
        Assert.Null(refused.RetryAfter);
    }

    [Fact]
    public void Concurrency_counts_live_holds_of_calls_without_budgets_too()
    {
        AppliedLimit[] limits = [Limited(concurrent: 2)];
        var reservation = Reservation(0, limits: limits);
        BudgetStep.Reserve(_slot, reservation);
        Assert.Equal(ReserveOutcome.Granted, Reserve(Noon, limits).Outcome);
        Assert.Equal(ReserveOutcome.Concurrency, Reserve(Noon, limits).Outcome);

        BudgetStep.Settle(_slot, Settlement(reservation, 1, 0));

        Assert.Equal(ReserveOutcome.Granted, Reserve(Noon, limits).Outcome);
    }

    [Fact]
    [Trait("Acceptance", "T110")]
    public void A_limit_of_zero_lets_nothing_pass_and_promises_nothing()
    {
        foreach (var limit in new[] { Limited(requests: 0), Limited(tokens: 0), Limited(concurrent: 0) })
        {
            var refused = Reserve(Noon, [limit]);
            Assert.False(refused.IsGranted);
            Assert.Null(refused.RetryAfter);
        }
    }

    [Fact]
    public void The_largest_limits_do_not_overflow()
    {
        AppliedLimit[] limits = [Limited(long.MaxValue, long.MaxValue, long.MaxValue)];

        Assert.Equal(ReserveOutcome.Granted, Reserve(Noon, limits, tokens: long.MaxValue).Outcome);
    }

    [Fact]
    public void Limits_of_tenant_and_key_are_separate_and_both_bind()
    {
        var (tenant, key) = (Limited(requests: 60), Limited(requests: 6, scope: "key_1"));
        Assert.Equal(ReserveOutcome.Granted, Reserve(Noon, [tenant, key]).Outcome);

        Assert.Same(key, Reserve(Noon, [tenant, key]).Limit);
        Assert.Equal(ReserveOutcome.Granted, Reserve(Noon, [tenant, Limited(requests: 6, scope: "key_2")]).Outcome);
    }

    [Fact]
    public void A_rate_limit_is_named_before_a_budget()
    {
        var reservation = Reservation(10, [Applied("cap", 5)], [Limited(requests: 0)]);

        Assert.Equal(ReserveOutcome.RequestRate, BudgetStep.Reserve(_slot, reservation).Result.Outcome);
    }

    [Fact]
    public void A_call_refused_by_its_budget_consumes_no_rate()
    {
        AppliedLimit[] limits = [Limited(requests: 6)];
        BudgetStep.Reserve(_slot, Reservation(10, [Applied("cap", 5)], limits));

        Assert.Equal(ReserveOutcome.Granted, Reserve(Noon, limits).Outcome);
    }

    [Fact]
    [Trait("Acceptance", "T113")]
    public void A_clock_stepped_back_by_an_hour_does_not_refuse_for_an_hour()
    {
        AppliedLimit[] limits = [Limited(requests: 6, tokens: 600)];
        Reserve(Noon, limits, tokens: 600);

        Assert.Equal(TimeSpan.FromSeconds(10), Reserve(Noon.AddHours(-1), limits).RetryAfter);
        Assert.Equal(ReserveOutcome.Granted, Reserve(Noon.AddHours(-1).AddSeconds(10), limits).Outcome);
    }

    [Fact]
    public void A_late_instant_opens_no_room_and_needs_no_extra_wait()
    {
        AppliedLimit[] limits = [Limited(requests: 6)];
        Reserve(Noon, limits);

        Assert.Equal(TimeSpan.FromSeconds(10), Reserve(Noon.AddSeconds(-20), limits).RetryAfter);
    }

    private ReserveResult Reserve(DateTimeOffset at, AppliedLimit[] limits, long tokens = 0) =>
        BudgetStep.Reserve(_slot, Reservation(0, limits: limits, at: at, tokens: tokens)).Result;
}
