using System.Text;

namespace LLMeterProxy.Core.Wire.Requests;

/// <summary>The member names that are read at one place of a body; each has fewer than 64 characters.</summary>
internal sealed class FieldTable
{
    private readonly Entry[] _entries;
    private readonly int _longest;

    // One bit a length that occurs: most members of a body are told from all of the table by their length alone.
    private readonly ulong _lengths;

    public FieldTable(params ReadOnlySpan<(string Name, Field Field)> entries)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entries.Length, 64);
        _entries = new Entry[entries.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            _entries[i] = new Entry(Encoding.UTF8.GetBytes(entries[i].Name), entries[i].Field, FirstOf(entries, entries[i].Field));
            _lengths |= 1UL << entries[i].Name.Length;
            _longest = Math.Max(_longest, entries[i].Name.Length);
        }
    }

    /// <summary>Longer names, in bytes, are in no table.</summary>
    public int Longest => _longest;

    /// <param name="name">Unescaped UTF-8.</param>
    public Field Find(ReadOnlySpan<byte> name) => Find(name, out _);

    /// <param name="name">Unescaped UTF-8.</param>
    /// <param name="position">From 0 to 63, the same for all names of one field: its bit in a set of members that were seen.</param>
    public Field Find(ReadOnlySpan<byte> name, out int position)
    {
        position = 0;
        if (name.Length > _longest || (_lengths >> name.Length & 1) == 0)
            return Field.Unknown;

        foreach (var entry in _entries)
        {
            if (name.SequenceEqual(entry.Name))
            {
                position = entry.Position;
                return entry.Field;
            }
        }

        return Field.Unknown;
    }

    /// <summary>
    /// True for a name that is not in the table and that a case-insensitive parser (Go's encoding/json) could take for one
    /// that is. It folds some non-ASCII letters too (the long s, the Kelvin sign), and no real member name has any.
    /// </summary>
    public bool IsFoldedName(ReadOnlySpan<byte> name)
    {
        if (name.ContainsAnyExceptInRange((byte)0, (byte)127))
            return true;

        foreach (var entry in _entries)
        {
            if (Ascii.EqualsIgnoreCase(name, entry.Name))
                return true;
        }

        return false;
    }

    private static int FirstOf(ReadOnlySpan<(string Name, Field Field)> entries, Field field)
    {
        var first = 0;
        while (entries[first].Field != field)
            first++;
        return first;
    }

    private readonly record struct Entry(byte[] Name, Field Field, int Position);
}
