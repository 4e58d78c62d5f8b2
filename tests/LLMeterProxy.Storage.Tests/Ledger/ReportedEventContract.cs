using System.Security.Cryptography;
using System.Text;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Ledger;

namespace LLMeterProxy.Storage.Tests.Ledger;

/// <summary>Usage that was reported and not seen counts once by its sender's id.</summary>
public abstract class ReportedEventContract : IDisposable
{
    private static readonly BudgetWindowKey _budget = new("acme", "bud_1", "day:2026-11-24T00:00:00Z");

    private readonly TestLedger _file;

    private protected ReportedEventContract(Func<TestLedger> make) => _file = make();

    [Fact]
    public async Task An_event_counts_once_however_often_it_is_sent()
    {
        Assert.Equal([EventOutcome.Counted, EventOutcome.Known], _file.Ledger.AppendEvents([Event("e1", "one"), Event("e1", "one")]));
        Assert.Equal([EventOutcome.Known, EventOutcome.Counted], _file.Ledger.AppendEvents([Event("e1", "one"), Event("e2", "two")]));

        Assert.Equal(14, (await _file.Ledger.ReadBudgetSpendAsync(_budget, default)).Value);
        var row = Assert.Single((await _file.Ledger.QueryUsageAsync(Records.Query("acme", [UsageGroup.Tenant]), default)).Rows);
        Assert.Equal((2, 14), (row.Requests, row.Cost.Value));
    }

    [Fact]
    public async Task The_same_id_with_another_content_is_a_contradiction_of_that_event_alone()
    {
        _file.Ledger.AppendEvents([Event("e1", "one")]);

        Assert.Equal([EventOutcome.Contradicted, EventOutcome.Counted], _file.Ledger.AppendEvents([Event("e1", "other"), Event("e2", "two")]));
        Assert.Equal(14, (await _file.Ledger.ReadBudgetSpendAsync(_budget, default)).Value);
    }

    [Fact]
    public void The_same_id_of_another_tenant_is_another_event() => Assert.Equal(
        [EventOutcome.Counted, EventOutcome.Counted], _file.Ledger.AppendEvents([Event("e1", "one"), Event("e1", "other", "beta")]));

    [Fact]
    public async Task Events_are_a_gapless_chain_of_the_ledger_and_the_counters_are_told()
    {
        var first = Event("e1", "one");
        _file.Ledger.AppendEvents([first]);
        _file.Ledger.AppendEvents([Event("e2", "two"), Event("e3", "three")]);

        var head = Assert.Single(_file.Ledger.ReadChainHeads());
        Assert.Equal(("acme", "ledger", 3L), (head.Tenant, head.Incarnation, head.Seq));
        var stored = Assert.Single(await _file.Ledger.FindAsync(first.Record.AttemptId, default));
        Assert.Equal(("ledger", 1L), (stored.Incarnation, stored.ChainSeq));
        var told = ((ILedgerStore)_file.Ledger).ReadLedgerSettlements("acme", 0);
        Assert.Equal([7L, 7L, 7L], told.Select(s => s.Cost.Value));
        Assert.All(told, s => Assert.False(s.EndsHold));
    }

    [Fact]
    public void Events_that_fail_together_claim_nothing()
    {
        _file.Break("rollups");
        Assert.ThrowsAny<Exception>(() => _file.Ledger.AppendEvents([Event("e1", "one")]));
        _file.Repair("rollups");

        Assert.Equal([EventOutcome.Counted], _file.Ledger.AppendEvents([Event("e1", "one")]));
    }

    public void Dispose() => _file.Dispose();

    private static ReportedEvent Event(string id, string content, string tenant = "acme") => new(
        id,
        SHA256.HashData(Encoding.UTF8.GetBytes(content)),
        Records.Call(cost: 7, tenant: tenant, budgets: [_budget]) with { AttemptId = RequestIdGenerator.At(Records.Noon).Attempt(1), Channel = UsageChannel.Event });
}
