namespace LLMeterProxy.Storage.Journal;

/// <summary>Reads over the borders of segments. The caller sees to it that none is unmapped meanwhile.</summary>
internal static class SegmentReading
{
    /// <inheritdoc cref="IJournalSource.TryRead"/>
    public static bool TryRead(Segment[] segments, JournalPosition from, out JournalEntry entry)
    {
        foreach (var segment in segments)
        {
            if (segment.Number < from.Segment)
            {
                continue;
            }

            var offset = Math.Max(segment.Number == from.Segment ? from.Offset : 0, Segment.HeaderSize);
            if (segment.TryRead(offset, out var kind, out var payload, out var next))
            {
                entry = new JournalEntry(kind, payload, new JournalPosition(segment.Number, next));
                return true;
            }

            var readToItsEnd = !segment.IsLive || (segment.SealedAt >= 0 && offset >= segment.SealedAt);
            if (!readToItsEnd)
            {
                break;
            }
        }

        entry = default;
        return false;
    }

    /// <inheritdoc cref="IJournalSource.IsEmpty"/>
    public static bool IsEmpty(Segment[] segments, JournalPosition from, JournalPosition to)
    {
        foreach (var segment in segments)
        {
            if (segment.Number >= from.Segment && segment.Number <= to.Segment
                && !segment.IsEmpty(
                    segment.Number == from.Segment ? from.Offset : 0,
                    segment.Number == to.Segment ? to.Offset : segment.Capacity))
            {
                return false;
            }
        }

        return true;
    }
}
