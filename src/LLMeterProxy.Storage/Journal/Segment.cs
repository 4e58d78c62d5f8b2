using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LLMeterProxy.Storage.Journal;

/// <summary>
/// One zero-filled, memory-mapped file of the journal. Entries are 8-byte aligned: length, CRC32C, kind, payload. Space is
/// taken with one interlocked add, the bytes are copied, and the length is written last with release semantics: what has a
/// length is whole. Mapped bytes belong to the kernel, so they outlive the process that wrote them.
/// </summary>
internal sealed unsafe class Segment : IDisposable
{
    public const int HeaderSize = 64;
    public const int EntryHeaderSize = 8;

    private const uint Magic = 0x314A4D4C; // "LMJ1"
    private const int ZeroBlock = 1024 * 1024;

    private readonly FileStream _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly uint _salt;
    private long _tail = HeaderSize;
    private int _sealedAt = -1;
    private int _openIntents;
    private int _dirty;
    private int _emptyFrom = int.MaxValue;

    private Segment(int number, string path, FileStream file, int capacity, bool live)
    {
        Number = number;
        Path = path;
        Capacity = capacity;
        IsLive = live;
        _file = file;
        _map = MemoryMappedFile.CreateFromFile(file, null, capacity, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, capacity, MemoryMappedFileAccess.ReadWrite);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
        _salt = BinaryPrimitives.ReadUInt32LittleEndian(Bytes(8, 4));
    }

    public int Number { get; }

    public string Path { get; }

    public int Capacity { get; }

    /// <summary>Written by this process; else left by an earlier one, and holes in it are the work of a writer that died.</summary>
    public bool IsLive { get; }

    public SafeFileHandle Handle => _file.SafeFileHandle;

    /// <summary>Where the next entry will go; where the entries end, once the segment is full.</summary>
    public int Tail => SealedAt is >= 0 and var end ? end : (int)Math.Min(Volatile.Read(ref _tail), Capacity);

    /// <summary>Where the entries end, once the segment is full; -1 before.</summary>
    public int SealedAt => Volatile.Read(ref _sealedAt);

    public int OpenIntents => Volatile.Read(ref _openIntents);

    /// <summary>Creates a segment whose every block is really written, so that a full disk shows here and not as SIGBUS.</summary>
    /// <exception cref="IOException">The disk is full or the file cannot be made.</exception>
    public static Segment Create(int number, string path, int size, uint salt)
    {
        var temporary = path + ".tmp";
        var file = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        Segment? segment = null;
        var named = false;
        try
        {
            var zeros = new byte[Math.Min(ZeroBlock, size)];
            for (long at = 0; at < size; at += zeros.Length)
            {
                RandomAccess.Write(file.SafeFileHandle, zeros.AsSpan(0, (int)Math.Min(zeros.Length, size - at)), at);
            }

            Span<byte> header = stackalloc byte[16];
            BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
            BinaryPrimitives.WriteInt32LittleEndian(header[4..], size);
            BinaryPrimitives.WriteUInt32LittleEndian(header[8..], salt);
            RandomAccess.Write(file.SafeFileHandle, header, 0);
            RandomAccess.FlushToDisk(file.SafeFileHandle);
            segment = new Segment(number, path, file, size, live: true);
            File.Move(temporary, path);
            named = true;
            DiskSync.FlushDirectory(System.IO.Path.GetDirectoryName(path)!);
            return segment;
        }
        catch
        {
            segment?.Dispose();
            file.Dispose();
            File.Delete(named ? path : temporary);
            throw;
        }
    }

    /// <summary>Opens what an earlier run left.</summary>
    /// <exception cref="InvalidDataException">Not a segment.</exception>
    public static Segment Open(int number, string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        Span<byte> header = stackalloc byte[16];
        if (RandomAccess.Read(file.SafeFileHandle, header, 0) != header.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic
            || BinaryPrimitives.ReadInt32LittleEndian(header[4..]) != file.Length)
        {
            file.Dispose();
            throw new InvalidDataException($"'{path}' is not a journal segment.");
        }

        return new Segment(number, path, file, (int)file.Length, live: false);
    }

    public static int SizeOf(int payloadLength) => (EntryHeaderSize + 1 + payloadLength + 7) & ~7;

    /// <summary>Takes room, copies, publishes.</summary>
    /// <returns>The offset after the entry; -1 where the segment is full.</returns>
    public int TryAppend(JournalEntryKind kind, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var size = SizeOf(first.Length + second.Length);
        if (Volatile.Read(ref _tail) > Capacity)
        {
            return -1;
        }

        // 64 bits: threads that find the segment full at the same instant all add to the tail, and it must not wrap.
        var taken = Interlocked.Add(ref _tail, size) - size;
        if (taken + size > Capacity)
        {
            // The first that does not fit knows where the entries end; all later ones start past it.
            if (taken <= Capacity)
            {
                Volatile.Write(ref _sealedAt, (int)taken);
            }

            return -1;
        }

        var offset = (int)taken;
        if (kind == JournalEntryKind.Intent)
        {
            // Before it can be read: else the segment could be shipped and deleted while this call is under way.
            Interlocked.Increment(ref _openIntents);
        }

        var length = 1 + first.Length + second.Length;
        var body = Bytes(offset + EntryHeaderSize, length);
        body[0] = (byte)kind;
        first.CopyTo(body[1..]);
        second.CopyTo(body[(1 + first.Length)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(Bytes(offset + 4, 4), Checksum(body, offset));
        Volatile.Write(ref *(int*)(_start + offset), length);
        Volatile.Write(ref _dirty, 1);
        return offset + size;
    }

    /// <summary>True where anything was published since the last call; the caller then syncs the file.</summary>
    public bool TakeDirty() => Volatile.Read(ref _dirty) != 0 && Interlocked.Exchange(ref _dirty, 0) != 0;

    /// <summary>Takes no further entries and returns when every entry that has room is published: nobody writes here any more.</summary>
    public void Close()
    {
        var taken = Interlocked.Add(ref _tail, Capacity + 1L) - Capacity - 1;
        if (taken <= Capacity)
        {
            Volatile.Write(ref _sealedAt, (int)taken);
        }

        var wait = default(SpinWait);
        while (SealedAt < 0)
        {
            wait.SpinOnce();
        }

        var offset = HeaderSize;
        while (offset < SealedAt)
        {
            var length = Volatile.Read(ref *(int*)(_start + offset));
            if (length == 0)
            {
                wait.SpinOnce();
            }
            else
            {
                offset += SizeOf(length - 1);
            }
        }
    }

    /// <summary>Finds the entry at or, over holes of a dead writer, after <paramref name="offset"/>. One reader at a time.</summary>
    /// <returns>False where there is none (yet).</returns>
    public bool TryRead(int offset, out JournalEntryKind kind, out byte[] payload, out int next)
    {
        kind = default;
        payload = [];
        next = offset = Math.Max(offset, HeaderSize);
        if (offset >= _emptyFrom)
        {
            return false;
        }

        while (offset + EntryHeaderSize < Capacity)
        {
            var length = Volatile.Read(ref *(int*)(_start + offset));
            if (IsEntry(offset, length))
            {
                var body = Bytes(offset + EntryHeaderSize, length);
                kind = (JournalEntryKind)body[0];
                payload = body[1..].ToArray();
                next = offset + SizeOf(length - 1);
                return true;
            }

            if (IsLive)
            {
                return false;
            }

            offset = NextCandidate(offset + 8);
        }

        if (!IsLive)
        {
            // Nobody writes here any more: an idle reader must not search the same megabytes of zeros again at every poll.
            _emptyFrom = next;
        }

        return false;
    }

    /// <summary>
    /// No entry is between the two offsets, whole or under way. What follows the last entry of a segment that is being filled
    /// counts as taken until the segment is known to be full, so the second offset is a <see cref="Tail"/> there.
    /// </summary>
    public bool IsEmpty(int from, int to)
    {
        from = Math.Max(from, HeaderSize);
        return IsLive
            ? from >= (SealedAt is >= 0 and var end ? Math.Min(end, to) : to)
            : !TryRead(from, out _, out _, out _);
    }

    public void IntentResolved() => Interlocked.Decrement(ref _openIntents);

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
        _file.Dispose();
    }

    private bool IsEntry(int offset, int length) =>
        length > 0
        && length <= Capacity - offset - EntryHeaderSize
        && BinaryPrimitives.ReadUInt32LittleEndian(Bytes(offset + 4, 4)) == Checksum(Bytes(offset + EntryHeaderSize, length), offset);

    /// <summary>The next aligned place that is not zero.</summary>
    private int NextCandidate(int offset)
    {
        if (offset >= Capacity)
        {
            return Capacity;
        }

        var skip = Bytes(offset, Capacity - offset).IndexOfAnyExcept((byte)0);
        return skip < 0 ? Capacity : (offset + skip) & ~7;
    }

    // Seeded with the segment's random salt and the place: no payload can pass for an entry of its own inside a torn one.
    private uint Checksum(ReadOnlySpan<byte> body, int offset)
    {
        var crc = BitOperations.Crc32C(_salt, (uint)offset);
        var words = MemoryMarshal.Cast<byte, ulong>(body);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var rest in body[(words.Length * 8)..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return crc;
    }

    private Span<byte> Bytes(int offset, int length) => new(_start + offset, length);
}
