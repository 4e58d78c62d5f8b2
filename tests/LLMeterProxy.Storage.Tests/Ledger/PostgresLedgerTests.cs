using System.Data.Common;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger.Postgres;
using LLMeterProxy.TestKit.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace LLMeterProxy.Storage.Tests.Ledger;

public sealed class PostgresLedgerTests() : LedgerContract(time => new LedgerInPostgres(time))
{
    private static readonly BudgetWindowKey _budget = new("acme", "bud_1", "total");

    [Fact]
    public async Task Records_of_any_month_find_their_partition()
    {
        using var file = new LedgerInPostgres();
        var records = new[] { "1999-12-31T23:59:59Z", "2026-02-28T12:00:00Z", "2026-11-24T12:00:00Z", "2031-01-01T00:00:00Z" }
            .Select(at => Records.Call(at: DateTimeOffset.Parse(at))).ToArray();

        Assert.Equal(4, file.Append(records).Inserted);

        foreach (var record in records)
        {
            Assert.Single(await file.Ledger.FindAsync(record.AttemptId, default));
            var month = record.AttemptId.OccurredAt.ToString("yyyy_MM");
            Assert.Equal(1L, file.ReadAsStranger($"SELECT count(*) FROM records_{month}"));
        }
    }

    [Fact]
    public void A_partition_cannot_be_emptied()
    {
        using var file = new LedgerInPostgres();
        file.Append(Records.Call());

        Assert.ThrowsAny<DbException>(() => file.ExecuteAsStranger("TRUNCATE records"));
        Assert.ThrowsAny<DbException>(() => file.ExecuteAsStranger("TRUNCATE records_2026_11"));
        Assert.ThrowsAny<DbException>(() => file.ExecuteAsStranger("DELETE FROM records_2026_11"));
    }

    [Fact]
    public void A_month_that_another_node_dropped_comes_back_for_a_late_record()
    {
        using var file = new LedgerInPostgres();
        using var other = file.Open();
        var july = new DateTimeOffset(2020, 7, 10, 0, 0, 0, TimeSpan.Zero);
        file.Append(Records.Call(at: july) with { Incarnation = "run-1", ChainSeq = 1 });
        Assert.Equal(1, other.DropMonthsBefore(july.AddMonths(1)));

        Assert.Equal(1, file.Append(Records.Call(at: july) with { Incarnation = "run-1", ChainSeq = 2 }).Inserted);
    }

    // A client's text must not stop the ledger: PostgreSQL knows no U+0000 and has short index entries.
    [Fact]
    public async Task Text_that_PostgreSQL_cannot_store_is_stored_as_near_as_can_be()
    {
        using var file = new LedgerInPostgres();
        var nul = Records.Call(model: "gpt\0", tags: Records.Tags(("te\0am", "\0")));
        var endless = Records.Call(model: new string('\u20AC', 5_000), tags: Records.Tags(("team", new string('x', 5_000))));

        Assert.Equal(2, file.Append(nul, endless).Inserted);
        Assert.Equal(2, file.Append(Records.Call(model: "gpt\0", tags: nul.Tags), endless with { AttemptId = Records.Call().AttemptId }).Inserted);

        Assert.Equal("gpt\0", Assert.Single(await file.Ledger.FindAsync(nul.AttemptId, default)).Model);
        var rows = (await file.Ledger.QueryUsageAsync(Records.Query("acme", [UsageGroup.Model]), default)).Rows;
        Assert.Equal([("gpt\uFFFD", 2L), (new string('\u20AC', 300), 2L)], rows.Select(r => (r.Group[0], r.Requests)));
    }

    [Fact]
    public async Task An_outage_is_one_exception_and_over_when_the_server_is_back()
    {
        using var file = new LedgerInPostgres();
        file.Append(Records.Call(cost: 1, budgets: [_budget]));
        PostgresServer.Shared.Shut(file.ConnectionString);

        Assert.Throws<LedgerUnavailableException>(() => file.Append(Records.Call(cost: 2, budgets: [_budget])));
        Assert.Throws<LedgerUnavailableException>(() => file.Ledger.ReadPosition("node-1"));
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => file.Ledger.ReadBudgetSpendAsync(_budget, default));

        PostgresServer.Shared.Admit(file.ConnectionString);
        file.Append(Records.Call(cost: 4, budgets: [_budget]));
        Assert.Equal(5, (await file.Ledger.ReadBudgetSpendAsync(_budget, default)).Value);
    }

    [Fact]
    public async Task A_shipper_ships_on_after_the_server_ended_its_sessions()
    {
        using var file = new LedgerInPostgres();
        var journal = new FakeJournal();
        using var shipper = new LLMeterProxy.Storage.Ledger.LedgerShipper(
            journal, file.Ledger, TestLedger.Decode, TimeProvider.System, NullLogger<LLMeterProxy.Storage.Ledger.LedgerShipper>.Instance);
        shipper.Start();
        for (var i = 0; i < 5; i++)
        {
            journal.Append(Records.Call(cost: 1, budgets: [_budget]));
            await TestKit.Patience.UntilAsync(
                async () => (await SpendAsync(file)) == i + 1, "the record is in the ledger");
            PostgresServer.Shared.EndSessions(file.ConnectionString);
        }

        await shipper.StopAsync(default);
    }

    // A29, A47: three nodes bring the same records in other orders and batches, and estimates beside them.
    [Fact]
    public async Task Nodes_that_write_at_once_count_each_record_once()
    {
        using var file = new LedgerInPostgres();
        var records = Enumerable.Range(0, 400)
            .Select(i => Records.Call(cost: 3, budgets: [_budget], model: $"m{i % 7}", key: $"k{i % 5}", tags: Records.Tags(("team", $"t{i % 11}"))))
            .ToArray();
        var estimates = records.Take(60).Select(r => r with { Source = UsageSource.Estimated, Reason = "crash", Cost = new NanoUsd(10) }).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 3).Select(node => Task.Run(() =>
        {
            using var ledger = file.Open();
            var random = new Random(node);
            var mine = records.Concat(node == 1 ? estimates : []).Select(TestLedger.Entry).ToArray();
            random.Shuffle(mine);
            var batch = 0;
            foreach (var part in mine.Chunk(37))
            {
                ledger.Append($"node-{node}", part, new JournalPosition(1, ++batch));
            }
        })));

        Assert.Equal(1_200, (await file.Ledger.ReadBudgetSpendAsync(_budget, default)).Value);
        var total = Assert.Single((await file.Ledger.QueryUsageAsync(Records.Query("acme", []), default)).Rows);
        Assert.Equal((400, 1_200), (total.Requests, total.Cost.Value));
        var byTag = (await file.Ledger.QueryUsageAsync(Records.Query("acme", [UsageGroup.Tag]), default)).Rows;
        Assert.Equal((11, 400, 1_200), (byTag.Count, byTag.Sum(r => r.Requests), byTag.Sum(r => r.Cost.Value)));
        var byKey = (await file.Ledger.QueryUsageAsync(Records.Query(null, [UsageGroup.Key, UsageGroup.Day]), default)).Rows;
        Assert.Equal((400, 1_200), (byKey.Sum(r => r.Requests), byKey.Sum(r => r.Cost.Value)));

        // The corrections of a tenant are one chain whichever node made them.
        var corrections = (long)file.ReadAsStranger("SELECT count(*) FROM records WHERE corrects IS NOT NULL")!;
        Assert.Equal(corrections, file.Ledger.ReadChainHeads().SingleOrDefault(h => h.Incarnation == "ledger").Seq);
    }

    [Fact]
    public void Nodes_that_start_at_once_migrate_once()
    {
        var database = PostgresServer.Shared.CreateDatabase();
        var ids = new System.Collections.Concurrent.ConcurrentBag<string>();
        Parallel.For(0, 4, _ =>
        {
            using var ledger = PostgresLedger.Open(
                new PostgresLedgerOptions { ConnectionString = database }, TestLedger.Decode, TimeProvider.System, NullLogger<PostgresLedger>.Instance);
            ids.Add(ledger.LedgerId);
        });

        Assert.Single(ids.Distinct());
    }

    private static async Task<long> SpendAsync(LedgerInPostgres file)
    {
        try
        {
            return (await file.Ledger.ReadBudgetSpendAsync(_budget, default)).Value;
        }
        catch (LedgerUnavailableException)
        {
            return -1;
        }
    }
}
