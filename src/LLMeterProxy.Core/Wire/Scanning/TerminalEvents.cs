namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>
/// Knows the events that end a stream: the <c>[DONE]</c> marker, or events of certain names. An event's name counts, and where
/// it has none the <c>type</c> of its data. Immutable and shared.
/// </summary>
internal sealed class TerminalEvents
{
    private readonly byte[][] _names;
    private readonly bool _isMarker;

    private TerminalEvents(bool isMarker, byte[][] names)
    {
        _isMarker = isMarker;
        _names = names;
    }

    /// <summary><c>data: [DONE]</c>.</summary>
    public static TerminalEvents DoneMarker { get; } = new(isMarker: true, []);

    /// <summary>The stream has no event that says so; only its end ends it (Gemini).</summary>
    public static TerminalEvents None { get; } = new(isMarker: false, []);

    /// <summary>The marker is complete with its line: nothing that the record needs can follow in that event.</summary>
    public bool IsDecidedByLine => _isMarker;

    public static TerminalEvents Named(params byte[][] names) => new(isMarker: false, names);

    public bool IsTerminalName(ReadOnlySpan<byte> name)
    {
        foreach (var terminal in _names)
        {
            if (name.SequenceEqual(terminal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Judges an event by its first bytes, or by all of them. Only <paramref name="isComplete"/> rules out <see cref="TerminalMatch.Maybe"/>.</summary>
    public TerminalMatch Match(ReadOnlySpan<byte> raw, bool isComplete)
    {
        if (_names.Length == 0 && !_isMarker)
        {
            return TerminalMatch.No;
        }

        var match = _isMarker ? MatchMarker(raw, isComplete) : MatchName(raw, isComplete);
        return isComplete && match == TerminalMatch.Maybe ? TerminalMatch.No : match;
    }

    private static TerminalMatch MatchMarker(ReadOnlySpan<byte> raw, bool isComplete)
    {
        var lines = new SseLines(raw);
        while (lines.MoveNext())
        {
            if (!lines.HasColon || !lines.Field.SequenceEqual("data"u8))
            {
                continue;
            }

            var value = lines.Value.TrimEnd((byte)' ');
            if (value.SequenceEqual("[DONE]"u8))
            {
                return lines.IsComplete || isComplete ? TerminalMatch.Yes : TerminalMatch.Maybe;
            }

            return !lines.IsComplete && "[DONE]"u8.StartsWith(value) ? TerminalMatch.Maybe : TerminalMatch.No;
        }

        return TerminalMatch.Maybe;
    }

    private TerminalMatch MatchName(ReadOnlySpan<byte> raw, bool isComplete)
    {
        var lines = new SseLines(raw);
        while (lines.MoveNext())
        {
            if (!lines.HasColon)
            {
                continue;
            }

            if (lines.Field.SequenceEqual("event"u8))
            {
                if (lines.IsComplete || isComplete)
                {
                    return IsTerminalName(lines.Value) ? TerminalMatch.Yes : TerminalMatch.No;
                }

                return BeginsTerminalName(lines.Value) ? TerminalMatch.Maybe : TerminalMatch.No;
            }

            if (lines.Field.SequenceEqual("data"u8) && WireSearch.TryFirstType(lines.Value, out var type))
            {
                return IsTerminalName(type) ? TerminalMatch.Yes : TerminalMatch.No;
            }
        }

        return TerminalMatch.Maybe;
    }

    private bool BeginsTerminalName(ReadOnlySpan<byte> start)
    {
        foreach (var terminal in _names)
        {
            if (terminal.AsSpan().StartsWith(start))
            {
                return true;
            }
        }

        return false;
    }
}
