namespace LLMeterProxy.Storage.Journal;

/// <summary>A place in a node's journal: segment number and offset in it. Ordered; packs into one int64 for storage.</summary>
/// <param name="Segment">1 and up.</param>
/// <param name="Offset">Bytes from the start of the segment.</param>
public readonly record struct JournalPosition(int Segment, int Offset) : IComparable<JournalPosition>
{
    public static readonly JournalPosition Start = new(0, 0);

    /// <summary>After every place that there is and will be.</summary>
    public static readonly JournalPosition End = new(int.MaxValue, int.MaxValue);

    public long Packed => ((long)Segment << 32) | (uint)Offset;

    public static JournalPosition FromPacked(long packed) => new((int)(packed >> 32), (int)packed);

    public static bool operator <(JournalPosition left, JournalPosition right) => left.Packed < right.Packed;

    public static bool operator >(JournalPosition left, JournalPosition right) => left.Packed > right.Packed;

    public static bool operator <=(JournalPosition left, JournalPosition right) => left.Packed <= right.Packed;

    public static bool operator >=(JournalPosition left, JournalPosition right) => left.Packed >= right.Packed;

    public int CompareTo(JournalPosition other) => Packed.CompareTo(other.Packed);
}
