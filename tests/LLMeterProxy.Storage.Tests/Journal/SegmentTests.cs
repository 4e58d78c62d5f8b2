using System.Runtime.InteropServices;
using LLMeterProxy.Storage.Journal;
using static LLMeterProxy.Storage.Tests.Journal.TestJournal;

namespace LLMeterProxy.Storage.Tests.Journal;

public sealed class SegmentTests : IDisposable
{
    private static readonly byte _one = 1;

    private readonly string _directory = Directory.CreateTempSubdirectory("segment-").FullName;

    private string FilePath => Path.Combine(_directory, "0000000001.seg");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_new_segment_is_wholly_allocated_and_zero_but_for_its_header()
    {
        using var segment = Segment.Create(1, FilePath, 3 * 1024 * 1024 + 8, salt: 7);

        var bytes = File.ReadAllBytes(FilePath);

        Assert.Equal(3 * 1024 * 1024 + 8, bytes.Length);
        Assert.Equal(-1, bytes.AsSpan(Segment.HeaderSize).IndexOfAnyExcept((byte)0));
        Assert.False(File.Exists(FilePath + ".tmp"));
    }

    [Fact]
    public void The_first_entry_that_does_not_fit_seals_the_segment_and_a_smaller_one_does_not_slip_in_behind_it()
    {
        using var segment = Segment.Create(1, FilePath, 4096, salt: 7);
        var last = 0;
        while (segment.TryAppend(JournalEntryKind.Record, new byte[1000], default) is >= 0 and var next)
        {
            last = next;
        }

        Assert.Equal(last, segment.SealedAt);
        Assert.Equal(last, segment.Tail);
        Assert.Equal(-1, segment.TryAppend(JournalEntryKind.Void, new byte[16], default));
        Assert.Equal(last, segment.SealedAt);
    }

    [Fact]
    public void A_segment_that_is_filled_to_its_last_byte_reads_to_its_end()
    {
        using var segment = Segment.Create(1, FilePath, 4096, salt: 7);
        var room = 4096 - Segment.HeaderSize - Segment.EntryHeaderSize - 1;
        Assert.Equal(4096, segment.TryAppend(JournalEntryKind.Record, new byte[room], default));
        Assert.Equal(-1, segment.TryAppend(JournalEntryKind.Record, default, default));

        Assert.True(segment.TryRead(0, out _, out var payload, out var next));
        Assert.Equal((room, 4096, 4096), (payload.Length, next, segment.SealedAt));
        Assert.False(segment.TryRead(next, out _, out _, out _));
    }

    // Threads that find a full segment at the same instant all add to the tail. In 32 bits it would wrap, and entries would
    // be written over the first ones. One entry of an absurd length stands for many; nothing of it is read.
    [Fact]
    public void The_tail_of_a_full_segment_does_not_wrap()
    {
        using var segment = Segment.Create(1, FilePath, 4096, salt: 7);
        var end = segment.TryAppend(JournalEntryKind.Record, new byte[3900], default);
        var endless = MemoryMarshal.CreateReadOnlySpan(in _one, int.MaxValue - 1000);

        Assert.Equal(-1, segment.TryAppend(JournalEntryKind.Record, endless, default));

        Assert.Equal(-1, segment.TryAppend(JournalEntryKind.Record, "late"u8, default));
        Assert.Equal((end, end), (segment.SealedAt, segment.Tail));
        Assert.True(segment.TryRead(0, out _, out _, out var next));
        Assert.Equal(end, next);
    }

    [Fact]
    public void An_intent_is_counted_before_it_can_be_read()
    {
        using var segment = Segment.Create(1, FilePath, 4096, salt: 7);
        segment.TryAppend(JournalEntryKind.Intent, "x"u8, default);
        segment.TryAppend(JournalEntryKind.Record, "x"u8, default);
        Assert.Equal(1, segment.OpenIntents);

        segment.IntentResolved();

        Assert.Equal(0, segment.OpenIntents);
    }

    [Fact]
    public void A_segment_is_dirty_from_a_publication_to_the_next_sync()
    {
        using var segment = Segment.Create(1, FilePath, 4096, salt: 7);
        Assert.False(segment.TakeDirty());

        segment.TryAppend(JournalEntryKind.Record, "x"u8, default);

        Assert.True(segment.TakeDirty());
        Assert.False(segment.TakeDirty());
    }

    [Fact]
    public void A_closed_segment_takes_nothing_and_keeps_what_it_has()
    {
        using var segment = Segment.Create(1, FilePath, 64 * 1024, salt: 7);
        var accepted = 0;
        var tries = 0;
        using var some = new ManualResetEventSlim();
        var closer = new Thread(() =>
        {
            some.Wait();
            segment.Close();
        });
        closer.Start();
        InParallel(4, _ =>
        {
            while (segment.TryAppend(JournalEntryKind.Record, "some bytes"u8, "and more"u8) >= 0)
            {
                Interlocked.Increment(ref accepted);
                if (Interlocked.Increment(ref tries) == 50)
                {
                    some.Set();
                }
            }
        });
        closer.Join();

        segment.Close();
        var read = 0;
        for (var at = 0; segment.TryRead(at, out _, out var payload, out at); read++)
        {
            Assert.Equal("some bytesand more"u8.ToArray(), payload);
        }

        Assert.Equal(accepted, read);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(4088)]
    public void A_file_that_is_no_whole_segment_is_refused(int length)
    {
        Segment.Create(1, FilePath, 4096, salt: 7).Dispose();
        using (var file = new FileStream(FilePath, FileMode.Open))
        {
            file.SetLength(length);
        }

        Assert.Throws<InvalidDataException>(() => Segment.Open(1, FilePath));
    }
}
