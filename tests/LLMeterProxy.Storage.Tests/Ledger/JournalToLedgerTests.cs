using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Budgets.InProcess;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using Microsoft.Extensions.Logging.Abstractions;

namespace LLMeterProxy.Storage.Tests.Ledger;

/// <summary>The real journal and the ledger together.</summary>
public sealed class JournalToLedgerTests : IDisposable
{
    private static readonly BudgetWindowKey _budget = new("acme", "bud_1", "total");

    private readonly LedgerFile _file = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("journal-to-ledger-");

    [Fact]
    public async Task Enforced_spend_equals_ledger_spend_over_segments_restarts_and_threads()
    {
        var budgets = new InProcessBudgetStore();
        for (var run = 1; run <= 3; run++)
        {
            using var journal = Open(budgets);
            using var shipper = new LedgerShipper(journal, _file.Ledger, LedgerFile.Decode, TimeProvider.System, NullLogger<LedgerShipper>.Instance);
            shipper.Start();
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                for (var i = 0; i < 100; i++)
                {
                    journal.AppendRecord(Records.Call(cost: 1, budgets: [_budget]));
                }
            })));
            await _file.Ledger.FlushAsync(default);
            Assert.Equal(new NanoUsd(run * 400), await _file.Ledger.ReadBudgetSpendAsync(_budget, default));
            await shipper.StopAsync(default);
        }

        Assert.Equal(budgets.Read(_budget).Spent, await _file.Ledger.ReadBudgetSpendAsync(_budget, default));
        Assert.Equal([400L, 400L, 400L], _file.Ledger.ReadChainHeads().Select(head => head.Seq));
    }

    // A27: a process that died without shipping leaves its records to the next.
    [Fact]
    public async Task What_a_dead_process_journalled_is_shipped_by_the_next()
    {
        using (var journal = Open(new InProcessBudgetStore()))
        {
            for (var i = 0; i < 50; i++)
            {
                journal.AppendRecord(Records.Call(cost: 2, budgets: [_budget]));
            }
        }

        using var next = Open(new InProcessBudgetStore());
        using var shipper = new LedgerShipper(next, _file.Ledger, LedgerFile.Decode, TimeProvider.System, NullLogger<LedgerShipper>.Instance);
        await shipper.FlushAsync(default);

        Assert.Equal(new NanoUsd(100), await _file.Ledger.ReadBudgetSpendAsync(_budget, default));
        Assert.Equal(50, shipper.Shipped);
    }

    public void Dispose()
    {
        _file.Dispose();
        _directory.Delete(recursive: true);
    }

    private MappedJournal Open(IBudgetStore budgets) => new(
        new JournalOptions { Directory = _directory.FullName, SegmentSize = 1 << 16 },
        budgets,
        TimeProvider.System,
        message => throw new InvalidOperationException(message),
        NullLogger<MappedJournal>.Instance);
}
