using Microsoft.Win32.SafeHandles;

namespace LLMeterProxy.Storage.Journal;

/// <summary>Where and how a node keeps its journal.</summary>
public sealed record JournalOptions
{
    private const int SmallestSegment = 4096;
    private const int LargestSegment = 1024 * 1024 * 1024;

    /// <summary>Created where it does not exist; used by one process at a time.</summary>
    public required string Directory { get; init; }

    public Durability Durability { get; init; }

    /// <summary>Bytes a segment; a multiple of 8 from 4 KiB to 1 GiB. Default 64 MiB.</summary>
    public int SegmentSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>The longest that an entry stays unsynced under <see cref="Durability.ProcessCrash"/>.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How a segment's bytes get to the disk; another way only for tests of a disk that fails.</summary>
    internal Action<SafeFileHandle> Flush { get; init; } = DiskSync.Flush;

    /// <exception cref="ArgumentOutOfRangeException">The segment size is outside its range.</exception>
    internal void ThrowUnlessValid()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentSize, SmallestSegment);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SegmentSize, LargestSegment);
        ArgumentOutOfRangeException.ThrowIfNotEqual(SegmentSize % 8, 0);
    }
}
