using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using static LLMeterProxy.Storage.Tests.Journal.TestJournal;

namespace LLMeterProxy.Storage.Tests.Journal;

public sealed class LifetimeTests : IDisposable
{
    private readonly TestJournal _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_second_process_is_refused_and_told_which_directory_is_taken()
    {
        using var journal = _test.Open();

        var refusal = Assert.Throws<IOException>(() => _test.Open());

        Assert.Contains(_test.Root, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("another process", refusal.Message, StringComparison.Ordinal);
        journal.AppendRecord(Record());
    }

    [Fact]
    public void Every_run_has_an_incarnation_of_its_own_even_where_it_wrote_nothing()
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            using var journal = _test.Open(SmallSegment);
            Assert.True(seen.Add(journal.Incarnation));
            Assert.StartsWith(journal.NodeId, journal.Incarnation, StringComparison.Ordinal);
        }
    }

    // Segment numbers begin again at 1 then; under the old node's name the ledger would skip all of them as shipped.
    [Fact]
    public void A_node_whose_segments_are_gone_is_a_new_node()
    {
        string node;
        using (var journal = _test.Open())
        {
            node = journal.NodeId;
        }

        foreach (var segment in Directory.GetFiles(_test.Root, "*.seg"))
        {
            File.Delete(segment);
        }

        using var fresh = _test.Open();
        Assert.NotEqual(node, fresh.NodeId);
    }

    [Fact]
    public void A_ledger_that_is_ahead_of_the_journal_is_noticed_and_nothing_is_deleted()
    {
        using var journal = _test.Open();
        journal.AppendRecord(Record());

        Assert.Throws<InvalidOperationException>(() => journal.Shipped(new JournalPosition(9, 64)));

        Assert.Single(ReadRecords(journal));
    }

    [Fact]
    public void Closing_and_opening_at_once_works_every_time()
    {
        for (var i = 1; i <= 20; i++)
        {
            using var journal = _test.Open(SmallSegment);
            journal.AppendRecord(Record());
            Assert.Equal(i, ReadRecords(journal).Count);
        }

        Assert.Empty(Directory.GetFiles(_test.Root, "*.tmp"));
        Assert.Equal(20, Directory.GetFiles(_test.Root, "*.seg").Length);
    }

    // Threads of requests may still be at it when the host closes the journal: each append is whole or refused.
    [Fact]
    public void Closing_under_load_keeps_what_returned_and_refuses_the_rest()
    {
        for (var round = 0; round < 10; round++)
        {
            var directory = Path.Combine(_test.Root, "round-" + round);
            var journal = _test.Open(SmallSegment, directory: directory);
            var returned = 0;
            using var enough = new ManualResetEventSlim();
            var closer = new Thread(() =>
            {
                enough.Wait();
                journal.Dispose();
            });
            closer.Start();
            InParallel(4, t =>
            {
                try
                {
                    while (true)
                    {
                        var attempt = NewAttempt();
                        journal.AppendIntent(Intent(attempt));
                        journal.AppendRecord(Record(attempt, "tenant-" + t));
                        if (Interlocked.Increment(ref returned) == 40)
                        {
                            enough.Set();
                        }
                    }
                }
                catch (JournalUnavailableException)
                {
                    // The refusal that ends the thread.
                }
            });
            closer.Join();

            Assert.Throws<JournalUnavailableException>(() => journal.AppendRecord(Record()));
            Assert.Throws<JournalUnavailableException>(() => journal.AppendIntent(Intent()));
            Assert.Throws<JournalUnavailableException>(() => journal.AppendVoid(NewAttempt()));
            Assert.False(journal.TryRead(JournalPosition.Start, out _));
            journal.Dispose();
            using var after = _test.Open(SmallSegment, directory: directory);
            Assert.Equal(returned, ReadRecords(after).Count);
        }
    }

    [Fact]
    public async Task Under_power_loss_a_record_is_awaited_until_it_is_synced()
    {
        using var journal = _test.Open(SmallSegment, Durability.PowerLoss);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            var ticket = journal.AppendRecord(Record(tenant: "tenant-" + (i % 3)));
            await journal.WaitDurableAsync(ticket, CancellationToken.None);
        })));

        Assert.Equal(200, ReadRecords(journal).Count);
        Assert.Empty(_test.Fatal);
    }

    [Fact]
    public void Under_process_crash_nobody_waits()
    {
        using var journal = _test.Open();

        Assert.True(journal.WaitDurableAsync(journal.AppendRecord(Record()), CancellationToken.None).AsTask().IsCompletedSuccessfully);
    }
}
