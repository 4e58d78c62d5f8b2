using CsCheck;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Journal;
using static LLMeterProxy.Storage.Tests.Journal.TestJournal;

namespace LLMeterProxy.Storage.Tests.Journal;

[Trait("Acceptance", "A27")]
public sealed class CrashTests : IDisposable
{
    private readonly TestJournal _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void What_was_appended_is_there_after_an_unclean_end_at_any_instant()
    {
        using var journal = _test.Open(SmallSegment);
        for (var i = 1; i <= 40; i++)
        {
            journal.AppendRecord(Record(cost: i));
            if (i % 8 == 0)
            {
                using var after = _test.Open(SmallSegment, directory: _test.CopyAsAfterKill());
                Assert.Equal(Enumerable.Range(1, i).Select(n => new NanoUsd(n)), ReadRecords(after).Select(r => r.Cost!.Value));
            }
        }
    }

    [Fact]
    public void A_kill_under_load_loses_no_append_that_had_returned()
    {
        using var journal = _test.Open(SmallSegment);
        var returned = new long[4];
        var copies = new List<(long[] Returned, string Directory)>();
        var writing = 4;
        InParallel(5, t =>
        {
            if (t == 4)
            {
                while (Volatile.Read(ref writing) > 0 && copies.Count < 5)
                {
                    long[] seen = [.. Enumerable.Range(0, 4).Select(w => Volatile.Read(ref returned[w]))];
                    copies.Add((seen, _test.CopyAsAfterKill()));
                }

                return;
            }

            for (var i = 1; i <= 150; i++)
            {
                journal.AppendRecord(Record(tenant: "tenant-" + t, cost: i));
                Volatile.Write(ref returned[t], i);
            }

            Interlocked.Decrement(ref writing);
        });
        copies.Add((returned, _test.CopyAsAfterKill()));
        foreach (var (seen, directory) in copies)
        {
            using var after = _test.Open(SmallSegment, directory: directory);
            var chains = ReadRecords(after).GroupBy(r => r.Tenant).ToDictionary(g => g.Key, g => g.ToList());
            for (var t = 0; t < 4; t++)
            {
                var chain = chains.GetValueOrDefault("tenant-" + t, []);

                // The copy is not of one instant: beyond what had returned before it began, it may have more and with gaps.
                Assert.Equal(Enumerable.Range(1, (int)seen[t]).Select(n => (long)n), chain.Select(r => r.ChainSeq).Where(s => s <= seen[t]));
            }
        }
    }

    [Fact]
    public void A_later_run_goes_on_under_a_new_incarnation_in_a_segment_of_its_own()
    {
        string node, first;
        using (var journal = _test.Open())
        {
            (node, first) = (journal.NodeId, journal.Incarnation);
            journal.AppendRecord(Record(cost: 1));
        }

        using var again = _test.Open();
        again.AppendRecord(Record(cost: 2));

        Assert.Equal(node, again.NodeId);
        Assert.NotEqual(first, again.Incarnation);
        Assert.Equal([(first, 1L, 1L), (again.Incarnation, 1L, 2L)], ReadRecords(again).Select(r => (r.Incarnation, r.ChainSeq, r.Cost!.Value.Value)));
    }

    // A writer that died between taking its room and writing the length leaves zeros or half a body.
    [Fact]
    public void Holes_and_torn_entries_of_a_dead_writer_are_skipped_and_all_others_are_read()
    {
        using var journal = _test.Open();
        List<JournalPosition> starts = [new(1, Segment.HeaderSize)];
        for (var i = 0; i < 20; i++)
        {
            journal.AppendRecord(Record(cost: i));
            starts.Add(journal.End);
        }

        Gen.Select(Gen.Int[0, 19].HashSet[0, 6], Gen.Int[0, 3], Gen.Int[0, 100_000]).Sample(
            (broken, how, at) =>
            {
                var directory = _test.CopyAsAfterKill();
                var path = SegmentPath(directory, 1);
                var bytes = File.ReadAllBytes(path);
                foreach (var entry in broken)
                {
                    Break(bytes.AsSpan(starts[entry].Offset, starts[entry + 1].Offset - starts[entry].Offset), how, at);
                }

                File.WriteAllBytes(path, bytes);

                using (var after = _test.Open(directory: directory))
                {
                    Assert.Equal(
                        Enumerable.Range(0, 20).Where(i => !broken.Contains(i)).Select(i => new NanoUsd(i)),
                        ReadRecords(after).Select(r => r.Cost!.Value));
                }

                Directory.Delete(directory, recursive: true);
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public void An_entry_inside_the_bytes_of_a_torn_one_does_not_come_to_life()
    {
        using var journal = _test.Open();
        journal.AppendRecord(Record(cost: 1));
        var second = journal.End.Offset;
        journal.AppendRecord(Record(cost: 2) with { EndUser = new string('x', 4000) });
        var directory = _test.CopyAsAfterKill();
        var bytes = File.ReadAllBytes(SegmentPath(directory, 1));

        // The torn second entry holds a faithful copy of the first at an aligned place; its length was never written.
        bytes.AsSpan(Segment.HeaderSize, second - Segment.HeaderSize).CopyTo(bytes.AsSpan(second + 64));
        bytes.AsSpan(second, 8).Clear();
        File.WriteAllBytes(SegmentPath(directory, 1), bytes);

        using var after = _test.Open(directory: directory);

        Assert.Equal([new NanoUsd(1)], ReadRecords(after).Select(r => r.Cost!.Value));
    }

    [Fact]
    public void Whatever_bytes_follow_the_last_entry_reading_ends_and_keeps_what_came_before()
    {
        using var journal = _test.Open(16 * 1024);
        journal.AppendRecord(Record(cost: 1));
        var end = journal.End.Offset;
        var template = _test.CopyAsAfterKill();

        Gen.Byte.Array[8, 4000].Sample(
            noise =>
            {
                var bytes = File.ReadAllBytes(SegmentPath(template, 1));
                noise.CopyTo(bytes, end);
                var path = Path.Combine(template, "noise.seg");
                File.WriteAllBytes(path, bytes);
                using var segment = Segment.Open(1, path);

                Assert.True(segment.TryRead(0, out _, out _, out var next));
                Assert.False(segment.TryRead(next, out _, out _, out var still));
                Assert.Equal(next, still);
                Assert.False(segment.TryRead(next, out _, out _, out _));
            },
            iter: 100,
            threads: 1);
    }

    [Fact]
    public void A_torn_segment_file_stops_the_start_and_is_named()
    {
        _test.Open().Dispose();
        var path = SegmentPath(_test.Root, 1);
        using (var file = new FileStream(path, FileMode.Open))
        {
            file.SetLength(100);
        }

        var refusal = Assert.Throws<InvalidDataException>(() => _test.Open());

        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        File.Delete(path);
        _test.Open().Dispose();
    }

    private static void Break(Span<byte> entry, int how, int at)
    {
        switch (how)
        {
            case 0:
                entry.Clear();
                break;
            case 1:
                entry[..4].Clear();
                break;
            case 2:
                entry[(8 + (at % (entry.Length - 8)))..].Clear();
                entry[..4].Clear();
                break;
            default:
                // Any one bit of what the checksum covers: the last bytes may be padding.
                entry[4 + (at % (entry.Length - 12))] ^= (byte)(1 << (at % 8));
                break;
        }
    }
}
