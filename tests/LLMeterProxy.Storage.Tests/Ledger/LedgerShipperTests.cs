using System.Text;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace LLMeterProxy.Storage.Tests.Ledger;

public sealed class LedgerShipperTests : IDisposable
{
    private static readonly BudgetWindowKey _budget = new("acme", "bud_1", "total");

    private readonly LedgerFile _file = new();

    [Fact]
    public async Task A_flush_brings_all_that_was_journalled_before_it()
    {
        var journal = new FakeJournal();
        using var shipper = Shipper(journal);
        journal.Append(Enumerable.Range(0, 2_500).Select(_ => Records.Call(cost: 1, budgets: [_budget])));

        await _file.Ledger.FlushAsync(default);

        Assert.Equal(new NanoUsd(2_500), await _file.Ledger.ReadBudgetSpendAsync(_budget, default));
        Assert.Equal((2_500L, 0L, 0L), (shipper.Shipped, shipper.Conflicts, shipper.DepthBytes));
        Assert.Equal(journal.End, journal.LastShipped);
    }

    [Fact]
    public async Task A_flush_ends_at_the_unused_end_of_a_segment()
    {
        var journal = new FakeJournal();
        using var shipper = Shipper(journal);
        journal.Append(Records.Call());
        journal.Roll();

        await shipper.FlushAsync(default);

        Assert.Equal(1, shipper.Shipped);
    }

    [Fact]
    public async Task A_flush_waits_for_an_entry_that_is_still_being_copied()
    {
        var journal = new FakeJournal();
        using var shipper = Shipper(journal);
        journal.AppendSlowly(Records.Call(), reads: 20);

        await shipper.FlushAsync(default);

        Assert.Equal(1, shipper.Shipped);
    }

    [Fact]
    public async Task A_flush_that_waits_for_an_entry_can_be_cancelled()
    {
        var journal = new FakeJournal();
        using var shipper = Shipper(journal);
        journal.AppendSlowly(Records.Call(), reads: int.MaxValue);
        using var cancelled = new CancellationTokenSource();

        var flush = shipper.FlushAsync(cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush);
    }

    [Fact]
    public async Task Intents_and_voids_are_passed_over()
    {
        var journal = new FakeJournal();
        using var shipper = Shipper(journal);
        journal.Append(JournalEntryKind.Intent, [1]);
        journal.Append(Records.Call());
        journal.Append(JournalEntryKind.Void, new byte[16]);

        await shipper.FlushAsync(default);

        Assert.Equal((1, journal.End), (shipper.Shipped, journal.LastShipped));
    }

    // A27: whatever was committed before the death is not shipped again, and what was not is.
    [Fact]
    public async Task After_a_restart_shipping_goes_on_where_the_ledger_stands()
    {
        var journal = new FakeJournal(segmentEntries: 7);
        journal.Append(Enumerable.Range(0, 20).Select(_ => Records.Call(cost: 1, budgets: [_budget])));
        using (var first = Shipper(journal))
        {
            await first.FlushAsync(default);
        }

        _file.Reopen();
        journal.Append(Enumerable.Range(0, 15).Select(_ => Records.Call(cost: 1, budgets: [_budget])));
        using var second = Shipper(journal);
        await second.FlushAsync(default);

        Assert.Equal(15, second.Shipped);
        Assert.Equal(new NanoUsd(35), await _file.Ledger.ReadBudgetSpendAsync(_budget, default));
    }

    [Fact]
    public async Task A_journal_that_is_shipped_again_from_its_beginning_adds_nothing()
    {
        var journal = new FakeJournal();
        journal.Append(Enumerable.Range(0, 20).Select(_ => Records.Call(cost: 1, budgets: [_budget])));
        using (var first = Shipper(journal))
        {
            await first.FlushAsync(default);
        }

        _file.ExecuteAsStranger("DELETE FROM journal_position");
        using var second = Shipper(journal);
        await second.FlushAsync(default);

        Assert.Equal((20L, 0L), (second.Shipped, second.Conflicts));
        Assert.Equal(new NanoUsd(20), await _file.Ledger.ReadBudgetSpendAsync(_budget, default));
    }

    [Fact]
    public async Task An_entry_that_cannot_be_read_is_kept_aside_and_stops_nobody()
    {
        var journal = new FakeJournal();
        using var shipper = Shipper(journal);
        journal.Append(JournalEntryKind.Record, Encoding.UTF8.GetBytes("no record"));
        journal.Append(Records.Call());

        await shipper.FlushAsync(default);

        Assert.Equal(1L, shipper.Conflicts);
        Assert.Equal(1L, _file.ReadAsStranger("SELECT count(*) FROM records"));
        Assert.Equal("no record", Encoding.UTF8.GetString((byte[])_file.ReadAsStranger("SELECT payload FROM unreadable_entries")!));
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_written_loses_nothing()
    {
        var journal = new FakeJournal();
        using var shipper = Shipper(journal);
        journal.Append(Records.Call(budgets: [_budget]));
        _file.ExecuteAsStranger("CREATE TRIGGER full BEFORE INSERT ON records BEGIN SELECT RAISE(ABORT, 'no room'); END");
        await Assert.ThrowsAsync<SqliteException>(() => shipper.FlushAsync(default));
        Assert.Equal(JournalPosition.Start, journal.LastShipped);

        _file.ExecuteAsStranger("DROP TRIGGER full");
        await shipper.FlushAsync(default);

        Assert.Equal(1, shipper.Shipped);
    }

    [Fact]
    public async Task The_running_shipper_needs_no_flush_and_ships_the_rest_when_it_stops()
    {
        var journal = new FakeJournal();
        using var shipper = Shipper(journal);
        shipper.Start();
        var record = Records.Call();
        journal.Append(record);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await _file.Ledger.FindAsync(record.AttemptId, limit.Token)).Count == 0)
        {
            await Task.Yield();
        }

        journal.Append(Enumerable.Range(0, 10).Select(_ => Records.Call()));
        await shipper.StopAsync(default);

        Assert.Equal(11, shipper.Shipped);
        Assert.Equal(0, shipper.DepthBytes);
    }

    [Fact]
    public async Task Flushes_and_appends_at_once_count_every_record_once()
    {
        var journal = new FakeJournal(segmentEntries: 50);
        using var shipper = Shipper(journal);
        shipper.Start();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                var record = Records.Call(cost: 1, budgets: [_budget]);
                journal.Append(record);
                if (i % 10 == 0)
                {
                    await shipper.FlushAsync(default);
                    Assert.Single(await _file.Ledger.FindAsync(record.AttemptId, default));
                }
            }
        })));
        await shipper.StopAsync(default);

        Assert.Equal(200, shipper.Shipped);
        Assert.Equal(new NanoUsd(200), await _file.Ledger.ReadBudgetSpendAsync(_budget, default));
    }

    public void Dispose() => _file.Dispose();

    private LedgerShipper Shipper(FakeJournal journal) =>
        new(journal, _file.Ledger, LedgerFile.Decode, TimeProvider.System, NullLogger<LedgerShipper>.Instance);
}
