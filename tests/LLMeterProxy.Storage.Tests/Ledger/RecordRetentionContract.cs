using System.Data.Common;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using Microsoft.Extensions.Time.Testing;

namespace LLMeterProxy.Storage.Tests.Ledger;

/// <summary>Months of records go; what they added up to stays.</summary>
public abstract class RecordRetentionContract : IDisposable
{
    private static readonly BudgetWindowKey _budget = new("acme", "bud_1", "total");

    private readonly FakeTimeProvider _time = new(Records.Noon);
    private readonly TestLedger _file;

    private protected RecordRetentionContract(Func<TimeProvider, TestLedger> make) => _file = make(_time);

    [Fact]
    public async Task Whole_months_before_the_instant_go_and_their_sums_stay()
    {
        var old = Records.Call(cost: 5, at: new(2026, 7, 31, 23, 59, 59, TimeSpan.Zero), budgets: [_budget]);
        var kept = Records.Call(cost: 3, at: new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero), budgets: [_budget]);
        _file.Append(old, kept);

        _file.Ledger.DropMonthsBefore(new(2026, 8, 20, 0, 0, 0, TimeSpan.Zero));

        Assert.Empty(await _file.Ledger.FindAsync(old.AttemptId, default));
        Assert.Single(await _file.Ledger.FindAsync(kept.AttemptId, default));
        Assert.Equal(8, (await _file.Ledger.ReadBudgetSpendAsync(_budget, default)).Value);
        var row = Assert.Single((await _file.Ledger.QueryUsageAsync(
            Records.Query("acme", [], from: Records.Noon.AddDays(-200)), default)).Rows);
        Assert.Equal((2, 8), (row.Requests, row.Cost.Value));
    }

    [Fact]
    public async Task A_record_of_a_dropped_month_that_comes_once_more_is_not_counted_again_and_a_late_one_is()
    {
        var july = new DateTimeOffset(2026, 7, 10, 0, 0, 0, TimeSpan.Zero);
        var old = Records.Call(cost: 5, at: july, budgets: [_budget]) with { Incarnation = "run-1", ChainSeq = 1 };
        var late = Records.Call(cost: 2, at: july, budgets: [_budget]) with { Incarnation = "run-1", ChainSeq = 2 };
        _file.Append(old);
        _file.Ledger.DropMonthsBefore(new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero));
        _file.Reopen();

        Assert.Equal((0, 1, 0, 0, 0), TestLedger.Figures(_file.Append(old)));
        Assert.Equal((1, 1, 0, 0, 0), TestLedger.Figures(_file.Append(old, late)));
        Assert.Equal((0, 2, 0, 0, 0), TestLedger.Figures(_file.Append(old, late)));
        Assert.Equal(7, (await _file.Ledger.ReadBudgetSpendAsync(_budget, default)).Value);
        Assert.Equal(2, Assert.Single(_file.Ledger.ReadChainHeads()).Seq);
    }

    [Fact]
    public void The_last_62_days_cannot_be_dropped()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _file.Ledger.DropMonthsBefore(Records.Noon.AddDays(-61)));
        _file.Ledger.DropMonthsBefore(Records.Noon.AddDays(-62));
    }

    // I8
    [Fact]
    public void Records_that_stay_are_as_protected_as_before()
    {
        _file.Append(Records.Call());
        _file.Ledger.DropMonthsBefore(Records.Noon.AddDays(-62));

        Assert.ThrowsAny<DbException>(() => _file.ExecuteAsStranger("DELETE FROM records"));
    }

    public void Dispose() => _file.Dispose();
}
