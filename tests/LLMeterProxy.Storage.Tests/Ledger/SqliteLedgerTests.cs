using System.Security.Cryptography;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Ledger.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace LLMeterProxy.Storage.Tests.Ledger;

public sealed class SqliteLedgerTests : IDisposable
{
    private static readonly BudgetWindowKey _budget = new("acme", "bud_1", "day:2026-11-24T00:00:00Z");

    private readonly FakeTimeProvider _time = new(Records.Noon.AddHours(1));
    private readonly LedgerFile _file;

    public SqliteLedgerTests() => _file = new LedgerFile(_time);

    [Fact]
    public async Task A_record_is_read_back_as_it_was_written()
    {
        var record = Records.Call(tags: Records.Tags(("team", "search")), budgets: [_budget]);

        _file.Append(record);

        var found = Assert.Single(await _file.Ledger.FindAsync(record.AttemptId.Parent, default));
        Assert.Equal(UsageRecordCodec.Encode(record), UsageRecordCodec.Encode(found));
    }

    // A47
    [Fact]
    public async Task A_replayed_record_is_counted_once()
    {
        var record = Records.Call(cost: 7, budgets: [_budget], tags: Records.Tags(("team", "search")));
        _file.Append(record, record);

        var again = _file.Append(record);

        Assert.Equal(new InsertResult(0, 1, 0, 0), again);
        Assert.Equal(new NanoUsd(7), await _file.Ledger.ReadBudgetSpendAsync(_budget, default));
        var row = Assert.Single((await _file.Ledger.QueryUsageAsync(Records.Query("acme", []), default)).Rows);
        Assert.Equal((1, 7), (row.Requests, row.Cost.Value));
        Assert.Equal(1, Assert.Single((await _file.Ledger.QueryUsageAsync(Records.Query("acme", [UsageGroup.Tag]), default)).Rows).Requests);
    }

    [Fact]
    public async Task A_record_that_contradicts_a_stored_one_is_not_stored_and_raises_the_alarm()
    {
        var record = Records.Call(cost: 7, budgets: [_budget]);
        _file.Append(record);

        var result = _file.Append(record with { Cost = new NanoUsd(8) });

        Assert.Equal(new InsertResult(0, 0, 0, 1), result);
        Assert.Equal(new NanoUsd(7), await _file.Ledger.ReadBudgetSpendAsync(_budget, default));
        Assert.Equal(new NanoUsd(7), Assert.Single(await _file.Ledger.FindAsync(record.AttemptId, default)).Cost);
    }

    [Theory]
    [InlineData("crash", 900, 350)]
    [InlineData("orphaned", 100, 350)]
    public async Task The_record_of_a_call_thought_dead_corrects_its_estimate_by_the_difference(string reason, long estimate, long actual)
    {
        var record = Records.Call(cost: actual, budgets: [_budget], output: 40) with
        {
            Lines = [new CostLine(UnitNames.OutputToken, 40, 8_750_000, new NanoUsd(actual))],
        };
        var orphan = record with
        {
            Source = UsageSource.Estimated,
            Reason = reason,
            Outcome = RequestOutcome.Truncated,
            Cost = new NanoUsd(estimate),
            Billed = new NanoUsd(estimate),
            Usage = new TokenUsage { InputTokens = 300, UncachedInputTokens = 300, OutputTokens = 10 },
            Lines = [new CostLine(UnitNames.OutputToken, 10, 0, new NanoUsd(estimate))],
        };
        _file.Append(orphan);

        var result = _file.Append(record);

        Assert.Equal(new InsertResult(0, 0, 1, 0), result);
        Assert.Equal(new NanoUsd(actual), await _file.Ledger.ReadBudgetSpendAsync(_budget, default));
        var row = Assert.Single((await _file.Ledger.QueryUsageAsync(Records.Query("acme", []), default)).Rows);
        Assert.Equal((1, 100, 40, actual), (row.Requests, row.InputTokens, row.OutputTokens, row.Cost.Value));
        var found = await _file.Ledger.FindAsync(record.AttemptId.Parent, default);
        Assert.Equal([record.AttemptId, found[1].AttemptId], found.Select(r => r.AttemptId));
        Assert.NotEqual(record.AttemptId, found[1].AttemptId);
        Assert.Equal((record.AttemptId, UsageChannel.Adjustment, actual - estimate), (found[1].Corrects, found[1].Channel, found[1].Cost!.Value.Value));
        Assert.Equal(found[1].Cost!.Value.Value, found[1].Lines.Sum(line => line.Cost.Value));
    }

    [Fact]
    public async Task A_replayed_correction_corrects_once_and_another_one_raises_the_alarm()
    {
        var record = Records.Call(cost: 350, budgets: [_budget]);
        _file.Append(record with { Source = UsageSource.Estimated, Reason = "crash", Cost = new NanoUsd(900) });
        _file.Append(record);

        Assert.Equal(new InsertResult(0, 1, 0, 0), _file.Append(record));
        Assert.Equal(new InsertResult(0, 0, 0, 1), _file.Append(record with { Cost = new NanoUsd(351) }));
        Assert.Equal(new NanoUsd(350), await _file.Ledger.ReadBudgetSpendAsync(_budget, default));
    }

    [Fact]
    public async Task An_unpriced_record_leaves_the_estimate_of_its_call_charged()
    {
        var record = Records.Call(cost: null, budgets: [_budget]);
        _file.Append(record with { Source = UsageSource.Estimated, Reason = "crash", Cost = new NanoUsd(900) });

        _file.Append(record);

        Assert.Equal(new NanoUsd(900), await _file.Ledger.ReadBudgetSpendAsync(_budget, default));
        Assert.Null((await _file.Ledger.FindAsync(record.AttemptId, default))[1].Cost);
    }

    [Fact]
    public void Corrections_of_a_tenant_are_a_gapless_chain()
    {
        for (var i = 0; i < 3; i++)
        {
            var record = Records.Call(cost: 350);
            _file.Append(record with { Source = UsageSource.Estimated, Reason = "crash", Cost = new NanoUsd(900) });
            _file.Append(record);
        }

        var head = Assert.Single(_file.Ledger.ReadChainHeads());
        Assert.Equal(("acme", "ledger", 3L), (head.Tenant, head.Incarnation, head.Seq));
        var last = (byte[])_file.ReadAsStranger("SELECT payload FROM records WHERE corrects IS NOT NULL ORDER BY seq DESC LIMIT 1")!;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(last)), head.Hash);
    }

    // What a second payload of an id said is part of its chain: without its bytes the chain could not be checked.
    [Fact]
    public void A_payload_that_a_correction_stands_for_is_kept_verbatim_with_the_id_of_the_correction()
    {
        var record = Records.Call(cost: 350) with { Incarnation = "run-1", ChainSeq = 1 };
        _file.Append(record with { Source = UsageSource.Estimated, Reason = "crash", Cost = new NanoUsd(900), Incarnation = "run-2" });

        _file.Append(record);
        _file.Append(record);

        Assert.Equal(1L, _file.ReadAsStranger("SELECT count(*) FROM displaced_records"));
        Assert.Equal(UsageRecordCodec.Encode(record), _file.ReadAsStranger("SELECT payload FROM displaced_records"));
        Assert.Equal(SHA256.HashData(UsageRecordCodec.Encode(record)), _file.ReadAsStranger("SELECT content_hash FROM displaced_records"));
        Assert.Equal(LedgerIds.ToBlob(record.AttemptId), _file.ReadAsStranger("SELECT attempt_id FROM displaced_records"));
        Assert.Equal(_file.ReadAsStranger("SELECT attempt_id FROM records WHERE corrects IS NOT NULL"), _file.ReadAsStranger("SELECT correction_id FROM displaced_records"));
    }

    [Fact]
    public void A_payload_that_contradicts_a_stored_record_is_kept_verbatim_without_a_correction()
    {
        var record = Records.Call(cost: 7);
        _file.Append(record);
        var other = record with { Cost = new NanoUsd(8) };

        _file.Append(other);

        Assert.Equal(UsageRecordCodec.Encode(other), _file.ReadAsStranger("SELECT payload FROM displaced_records WHERE correction_id IS NULL"));
    }

    [Fact]
    public void A_displaced_payload_counts_in_its_chain()
    {
        var record = Records.Call(cost: 350) with { Incarnation = "run-1", ChainSeq = 2 };
        _file.Append(Records.Call() with { Incarnation = "run-1", ChainSeq = 1 });
        _file.Append(record with { Source = UsageSource.Estimated, Reason = "crash", Incarnation = "run-2", ChainSeq = 1 });

        _file.Append(record);

        var head = Assert.Single(_file.Ledger.ReadChainHeads(), h => h.Incarnation == "run-1");
        Assert.Equal((2L, Convert.ToHexStringLower(SHA256.HashData(UsageRecordCodec.Encode(record)))), (head.Seq, head.Hash));
    }

    // I8
    [Theory]
    [InlineData("UPDATE displaced_records SET payload = x'00'")]
    [InlineData("DELETE FROM displaced_records")]
    [InlineData("INSERT OR REPLACE INTO displaced_records SELECT attempt_id, content_hash, correction_id, x'00' FROM displaced_records")]
    public void A_displaced_payload_cannot_be_changed_or_deleted(string sql)
    {
        var record = Records.Call(cost: 7);
        _file.Append(record);
        _file.Append(record with { Cost = new NanoUsd(8) });

        Assert.Throws<SqliteException>(() => _file.ExecuteAsStranger("PRAGMA recursive_triggers = on; " + sql));
        Assert.Equal(1L, _file.ReadAsStranger("SELECT count(*) FROM displaced_records WHERE payload <> x'00'"));
    }

    // I8
    [Theory]
    [InlineData("UPDATE records SET tenant = 'x'")]
    [InlineData("UPDATE records SET payload = x'00'")]
    [InlineData("DELETE FROM records")]
    public void A_stored_record_cannot_be_changed_or_deleted(string sql)
    {
        _file.Append(Records.Call());

        Assert.Throws<SqliteException>(() => _file.ExecuteAsStranger(sql));
        Assert.Equal(1L, _file.ReadAsStranger("SELECT count(*) FROM records WHERE tenant = 'acme'"));
    }

    [Fact]
    public void A_batch_that_fails_leaves_nothing_behind_and_can_be_tried_again()
    {
        _file.ExecuteAsStranger(
            "CREATE TRIGGER full BEFORE INSERT ON budget_spend BEGIN SELECT RAISE(ABORT, 'no room'); END");
        var record = Records.Call(budgets: [_budget], tags: Records.Tags(("team", "search")));
        var batch = new[] { LedgerFile.Entry(record) };

        Assert.Throws<SqliteException>(() => _file.Ledger.Append("node-9", batch, new JournalPosition(1, 64)));

        Assert.Equal(JournalPosition.Start, _file.Ledger.ReadPosition("node-9"));
        Assert.Equal(0L, _file.ReadAsStranger("SELECT count(*) FROM records"));
        Assert.Equal(0L, _file.ReadAsStranger("SELECT count(*) FROM tag_values"));
        _file.ExecuteAsStranger("DROP TRIGGER full");
        Assert.Equal(1, _file.Ledger.Append("node-9", batch, new JournalPosition(1, 64)).Inserted);
        Assert.Equal(1L, _file.ReadAsStranger("SELECT count(*) FROM tag_values"));
    }

    [Fact]
    public void A_position_survives_a_restart_and_never_goes_back()
    {
        _file.Ledger.Append("a", [], new JournalPosition(3, 128));
        _file.Ledger.Append("a", [], new JournalPosition(2, 4_096));
        _file.Ledger.Append("b", [], new JournalPosition(1, 8));

        _file.Reopen();

        Assert.Equal(new JournalPosition(3, 128), _file.Ledger.ReadPosition("a"));
        Assert.Equal(new JournalPosition(1, 8), _file.Ledger.ReadPosition("b"));
    }

    [Fact]
    public void Budget_spend_is_read_back_but_for_windows_long_over()
    {
        var total = new BudgetWindowKey("acme", "bud_2", "total");
        _file.Append(Records.Call(cost: 5, budgets: [_budget, total]));
        var now = _time.GetUtcNow();

        Assert.Equal([(_budget, new NanoUsd(5)), (total, new NanoUsd(5))], _file.Ledger.ReadBudgetSpend(now.AddDays(-2)));
        Assert.Equal([(total, new NanoUsd(5))], _file.Ledger.ReadBudgetSpend(now.AddDays(60)));
    }

    [Fact]
    public async Task Spend_of_unpriced_records_is_unknown_and_not_zero_requests()
    {
        _file.Append(Records.Call(cost: null, budgets: [_budget]), Records.Call(cost: 3, source: UsageSource.Partial), Records.Call(cost: 0, source: UsageSource.Free));

        var row = Assert.Single((await _file.Ledger.QueryUsageAsync(Records.Query("acme", []), default)).Rows);

        Assert.Equal((2, 1, 1, 3), (row.Requests, row.UnpricedRequests, row.EstimatedRequests, row.Cost.Value));
        Assert.Equal(NanoUsd.Zero, await _file.Ledger.ReadBudgetSpendAsync(_budget, default));
    }

    [Fact]
    public async Task Mean_output_tokens_are_those_that_providers_reported_in_the_last_31_days()
    {
        _file.Append(
            Records.Call(output: 10),
            Records.Call(output: 20),
            Records.Call(output: 900, source: UsageSource.Estimated),
            Records.Call(output: 900, at: _time.GetUtcNow().AddDays(-32)),
            Records.Call(output: 900, tenant: "other"),
            Records.Call(output: 900, model: "gpt-5"));

        Assert.Equal(15, await _file.Ledger.ReadMeanOutputTokensAsync("acme", "gpt-4o", default));
        Assert.Null(await _file.Ledger.ReadMeanOutputTokensAsync("acme", "unheard-of", default));
    }

    [Fact]
    public async Task Records_are_paged_newest_first_without_gap_or_double()
    {
        var records = Enumerable.Range(0, 25).Select(i => Records.Call(cost: i, at: Records.Noon.AddSeconds(i / 3))).ToList();
        _file.Append(records.Concat([Records.Call(tenant: "other"), Records.Call(at: Records.Noon.AddHours(1)), Records.Call(at: Records.Noon.AddTicks(-1))]));

        foreach (var tenant in new[] { "acme", null })
        {
            var read = new List<RequestId>();
            string? cursor = null;
            do
            {
                var page = await _file.Ledger.ReadRecordsAsync(
                    new RecordQuery(tenant, Records.Noon, Records.Noon.AddHours(1), cursor, 7), default);
                read.AddRange(page.Rows.Where(r => r.Tenant == "acme").Select(r => r.AttemptId));
                cursor = page.Next;
            }
            while (cursor is not null);

            Assert.Equal(records.Select(r => r.AttemptId).OrderDescending(), read);
        }
    }

    [Theory]
    [InlineData("%%%")]
    [InlineData("AAAA")]
    public async Task A_foreign_cursor_is_refused(string cursor)
    {
        await Assert.ThrowsAsync<RefusedQueryException>(() =>
            _file.Ledger.ReadRecordsAsync(new RecordQuery("acme", Records.Noon, Records.Noon.AddDays(1), cursor, 10), default));
        await Assert.ThrowsAsync<RefusedQueryException>(() =>
            _file.Ledger.QueryUsageAsync(Records.Query("acme", [UsageGroup.Model], after: cursor), default));
    }

    [Fact]
    public async Task All_attempts_of_a_call_are_found_in_their_order()
    {
        var first = Records.Call();
        var parent = first.AttemptId.Parent;
        var second = Records.Call() with { AttemptId = parent.Attempt(2) };
        _file.Append(second, Records.Call(), first);

        Assert.Equal([first.AttemptId, second.AttemptId], (await _file.Ledger.FindAsync(parent, default)).Select(r => r.AttemptId));
        Assert.Empty(await _file.Ledger.FindAsync(RequestIdGenerator.At(Records.Noon), default));
    }

    [Fact]
    public void Settings_and_the_ledger_id_survive_a_restart()
    {
        var id = _file.Ledger.LedgerId;
        Assert.Null(_file.Ledger.ReadSetting("pepper"));
        _file.Ledger.WriteSetting("pepper", "one");
        _file.Ledger.WriteSetting("pepper", "two");

        _file.Reopen();

        Assert.Equal(("two", id), (_file.Ledger.ReadSetting("pepper"), _file.Ledger.LedgerId));
        Assert.Equal(32, id.Length);
    }

    [Fact]
    public async Task Flushing_without_a_journal_is_no_error_and_with_one_is_the_shippers_flush()
    {
        await _file.Ledger.FlushAsync(default);
        var flushed = 0;
        _file.Ledger.FlushHook = _ =>
        {
            flushed++;
            return Task.CompletedTask;
        };

        await _file.Ledger.FlushAsync(default);

        Assert.Equal(1, flushed);
    }

    public void Dispose() => _file.Dispose();
}
