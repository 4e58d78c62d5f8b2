using CsCheck;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;

namespace LLMeterProxy.Storage.Tests.Ledger;

/// <summary>
/// What the ledger tells the counters by itself. Counters that take each journal's settlements and the ledger's own once each have
/// what the ledger has, whatever came first.
/// </summary>
public abstract class LedgerSettlementContract : IDisposable
{
    private static readonly BudgetWindowKey _budget = new("acme", "bud_1", "day:2026-11-24T00:00:00Z");

    private readonly TestLedger _file;

    private protected LedgerSettlementContract(Func<TestLedger> make) => _file = make();

    private ILedgerStore Store => _file.Ledger;

    [Fact]
    public void The_estimate_of_a_lost_call_is_charged_by_the_ledger_and_ends_its_hold()
    {
        var estimate = Estimate(Records.Call(budgets: [_budget]), 900);

        var result = _file.Append(estimate, Records.Call(tenant: "other"));

        Assert.Equal(["acme"], result.Streams);
        var settlement = Assert.Single(Store.ReadLedgerSettlements("acme", 0));
        Assert.Equal(("acme", "ledger", 1L, 900L), (settlement.Tenant, settlement.Incarnation, settlement.Sequence, settlement.Cost.Value));
        Assert.Equal((estimate.AttemptId.Parent, true), (settlement.ReservationId, settlement.EndsHold));
        Assert.Equal([_budget], settlement.Budgets);
        Assert.Equal([("acme", 1L)], Store.ReadLedgerStreams());
        Assert.Empty(Store.ReadLedgerSettlements("other", 0));
    }

    [Fact]
    public void A_call_that_turns_up_after_its_estimate_takes_the_estimate_back()
    {
        var record = Records.Call(cost: 350, budgets: [_budget]);
        _file.Append(Estimate(record, 900));

        _file.Append(record);
        _file.Append(record);

        var taken = Assert.Single(Store.ReadLedgerSettlements("acme", 1));
        Assert.Equal((2L, -900L, false), (taken.Sequence, taken.Cost.Value, taken.EndsHold));
    }

    [Fact]
    public void An_unpriced_call_that_turns_up_leaves_its_estimate_with_the_counters_too()
    {
        var record = Records.Call(cost: null, budgets: [_budget]);
        _file.Append(Estimate(record, 900));

        _file.Append(record);

        Assert.Single(Store.ReadLedgerSettlements("acme", 0));
    }

    [Fact]
    public async Task An_estimate_that_comes_after_its_call_is_displaced_without_alarm_and_ends_the_hold()
    {
        var record = Records.Call(cost: 350, budgets: [_budget]);
        _file.Append(record);

        var result = _file.Append(Estimate(record, 900));
        var again = _file.Append(Estimate(record, 900));

        Assert.Equal((0, 0, 0, 1, 0), TestLedger.Figures(result));
        Assert.Equal((0, 1, 0, 0, 0), TestLedger.Figures(again));
        var ended = Assert.Single(Store.ReadLedgerSettlements("acme", 0));
        Assert.Equal((record.AttemptId.Parent, true, 0L), (ended.ReservationId, ended.EndsHold, ended.Cost.Value));
        Assert.Equal(350, (await Store.ReadBudgetSpendAsync(_budget, default)).Value);
    }

    [Fact]
    public async Task Of_two_estimates_of_one_call_the_first_counts()
    {
        var record = Records.Call(budgets: [_budget]);
        _file.Append(Estimate(record, 900));

        var result = _file.Append(Estimate(record, 800) with { Reason = "orphaned" });

        Assert.Equal((0, 0, 0, 1, 0), TestLedger.Figures(result));
        Assert.Equal([900L, 0L], Store.ReadLedgerSettlements("acme", 0).Select(s => s.Cost.Value));
        Assert.Equal(900, (await Store.ReadBudgetSpendAsync(_budget, default)).Value);
    }

    [Fact]
    public void A_contradiction_is_taken_back_once_because_its_own_stream_brings_it()
    {
        var record = Records.Call(cost: 7, budgets: [_budget]);
        _file.Append(record);
        var other = record with { Cost = new NanoUsd(8) };

        _file.Append(other);
        _file.Append(other);

        var taken = Assert.Single(Store.ReadLedgerSettlements("acme", 0));
        Assert.Equal((-8L, false), (taken.Cost.Value, taken.EndsHold));
    }

    [Fact]
    public void A_batch_that_is_rolled_back_leaves_no_gap_in_the_stream()
    {
        _file.Append(Estimate(Records.Call(), 1));
        _file.Break("chain_heads");
        Assert.ThrowsAny<Exception>(() => _file.Append(Estimate(Records.Call() with { Incarnation = "run-1", ChainSeq = 1 }, 2)));
        _file.Repair("chain_heads");

        _file.Append(Estimate(Records.Call(), 3));

        Assert.Equal([(1L, 1L), (2L, 3L)], Store.ReadLedgerSettlements("acme", 0).Select(s => (s.Sequence, s.Cost.Value)));
    }

    // I3, I14
    [Fact]
    public void Counters_that_take_every_stream_once_have_what_the_ledger_has()
    {
        var history = from kinds in Gen.Int[0, 5].Array[1, 8]
                      from order in Gen.Shuffle(Enumerable.Range(0, kinds.Length).ToArray())
                      from cuts in Gen.Bool.Array[kinds.Length]
                      select (kinds, order, cuts);
        var calls = 0;
        history.Sample(
            drawn =>
            {
                var budget = _budget with { BudgetId = $"bud_{++calls}" };
                var call = Records.Call(cost: 350, budgets: [budget], tenant: $"t{calls}");
                UsageRecord[] versions =
                [
                    call, call with { Cost = null }, Estimate(call, 900), Estimate(call, 800) with { Reason = "orphaned" },
                    call with { Cost = new NanoUsd(351) }, Estimate(call, 0),
                ];
                var arriving = drawn.order.Select(i => versions[drawn.kinds[i]]).ToList();
                var batch = new List<UsageRecord>();
                for (var i = 0; i < arriving.Count; i++)
                {
                    batch.Add(arriving[i]);
                    if (drawn.cuts[i])
                    {
                        _file.Append(batch);
                        batch.Clear();
                    }
                }

                _file.Append(batch);
                _file.Append(arriving);

                var ofJournals = drawn.kinds.Distinct().Select(k => versions[k]).Where(RecordSettlement.Settles).Sum(r => r.Cost?.Value ?? 0);
                var ofLedger = Store.ReadLedgerSettlements(call.Tenant, 0);
                Assert.Equal(Enumerable.Range(1, ofLedger.Count).Select(n => (long)n), ofLedger.Select(s => s.Sequence));
                Assert.Equal(
                    Store.ReadBudgetSpendAsync(budget, default).GetAwaiter().GetResult().Value,
                    ofJournals + ofLedger.Sum(s => s.Cost.Value));
            },
            iter: 60,
            threads: 1);
    }

    public void Dispose() => _file.Dispose();

    private static UsageRecord Estimate(UsageRecord call, long cost) => call with
    {
        Source = UsageSource.Estimated,
        Reason = "crash",
        Cost = new NanoUsd(cost),
        Billed = new NanoUsd(cost),
        Outcome = RequestOutcome.Truncated,
    };
}
