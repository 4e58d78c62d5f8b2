using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Budgets.InProcess;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Tests.Journal;
using Microsoft.Extensions.Logging.Abstractions;
using static LLMeterProxy.Storage.Tests.Journal.TestJournal;

namespace LLMeterProxy.Storage.Tests.Ledger;

/// <summary>A journal that its node left behind: everything of it is counted once, and what was under way is charged (I1, I2).</summary>
[Trait("Acceptance", "A27")]
public sealed class JournalAdoptionTests : IDisposable
{
    private readonly TestJournal _test = new();
    private readonly LedgerFile _file = new();

    public void Dispose()
    {
        _test.Dispose();
        _file.Dispose();
    }

    [Fact]
    public async Task Records_are_shipped_and_calls_under_way_are_charged_and_a_second_time_changes_nothing()
    {
        var underWay = NewAttempt();
        var recorded = new List<RequestId>();
        using (var journal = _test.Open())
        {
            for (var i = 0; i < 20; i++)
            {
                var attempt = NewAttempt();
                journal.AppendIntent(Intent(attempt));
                journal.AppendRecord(Record(attempt));
                recorded.Add(attempt);
            }

            journal.AppendIntent(Intent(underWay, hold: 5_000, strict: true));
        }

        var first = await AdoptAsync();
        Assert.Equal((21, 1, 0), (first.Shipped, first.Charged, first.Conflicts));
        Assert.Equal(new NanoUsd((20 * 700) + 5_000), await SpentAsync());
        var estimate = Assert.Single(await _file.Ledger.FindAsync(underWay, default));
        Assert.Equal("crash", estimate.Reason);
        foreach (var attempt in recorded)
        {
            Assert.Single(await _file.Ledger.FindAsync(attempt, default));
        }

        var again = await AdoptAsync();
        Assert.Equal(0, again.Charged);
        Assert.Equal(first.NodeId, again.NodeId);
        Assert.Equal(new NanoUsd((20 * 700) + 5_000), await SpentAsync());
    }

    [Fact]
    public async Task What_the_ledger_had_before_is_not_counted_again()
    {
        var record = Record();
        using (var journal = _test.Open())
        {
            journal.AppendIntent(Intent(record.AttemptId));
            journal.AppendRecord(record);
            using var shipper = new LedgerShipper(journal, _file.Ledger, LedgerFile.Decode, TimeProvider.System, NullLogger<LedgerShipper>.Instance);
            await shipper.FlushAsync(default);
            journal.AppendRecord(Record());
        }

        await AdoptAsync();
        Assert.Equal(new NanoUsd(1_400), await SpentAsync());
    }

    [Fact]
    public async Task A_journal_in_use_is_refused_and_left_alone()
    {
        using var journal = _test.Open();
        journal.AppendIntent(Intent());
        await Assert.ThrowsAsync<IOException>(AdoptAsync);
        Assert.Equal(1, journal.OpenIntents);
    }

    [Fact]
    public void A_data_directory_and_the_journal_in_it_are_both_found_and_nothing_else_is()
    {
        var data = Path.GetDirectoryName(_test.Root)!;
        Assert.Null(JournalAdoption.Find(data));
        _test.Open().Dispose();
        Assert.Equal(_test.Root, JournalAdoption.Find(data));
        Assert.Equal(_test.Root, JournalAdoption.Find(_test.Root));
        Assert.Null(JournalAdoption.Find(Path.Combine(data, "elsewhere")));
    }

    private Task<AdoptedJournal> AdoptAsync() =>
        new JournalAdoption(_file.Ledger, new InProcessBudgetStore(), LedgerFile.Decode, TimeProvider.System, NullLoggerFactory.Instance).RunAsync(_test.Root, default);

    private Task<NanoUsd> SpentAsync() => _file.Ledger.ReadBudgetSpendAsync(Intent().Budgets[0], default);
}
