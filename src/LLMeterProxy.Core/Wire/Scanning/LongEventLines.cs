using System.Runtime.CompilerServices;

namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>Follows the lines of one event that is too long to be kept, and hands on its name and its data in parts.</summary>
internal struct LongEventLines
{
    private const int MaxWord = 64;

    private Word _word;
    private int _wordLength;
    private bool _started;
    private Part _part;
    private bool _spaceAllowed;

    private enum Part : byte
    {
        Field,
        Data,
        Name,
        Other,
    }

    public void Scan(ReadOnlySpan<byte> bytes, ISseSink sink)
    {
        if (!_started && !bytes.IsEmpty)
        {
            _started = true;
            bytes = bytes.StartsWith(SseLines.Bom) ? bytes[SseLines.Bom.Length..] : bytes;
        }

        while (!bytes.IsEmpty)
        {
            if (_part == Part.Field)
            {
                bytes = ScanField(bytes);
                continue;
            }

            if (_spaceAllowed)
            {
                _spaceAllowed = false;
                if (bytes[0] == ' ')
                {
                    bytes = bytes[1..];
                    continue;
                }
            }

            var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
            var value = end < 0 ? bytes : bytes[..end];
            if (_part == Part.Data && !value.IsEmpty)
            {
                sink.OnLongEventText(value);
            }
            else if (_part == Part.Name)
            {
                KeepWord(value);
            }

            if (end < 0)
            {
                return;
            }

            End(sink);
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>Ends the current line.</summary>
    public void End(ISseSink sink)
    {
        if (_part == Part.Name)
        {
            sink.OnLongEventName(_word[..Math.Min(_wordLength, MaxWord)], _wordLength > MaxWord);
        }

        _part = Part.Field;
        _wordLength = 0;
        _spaceAllowed = false;
    }

    private ReadOnlySpan<byte> ScanField(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAny((byte)':', (byte)'\r', (byte)'\n');
        if (end < 0)
        {
            KeepWord(bytes);
            return [];
        }

        if (bytes[end] == ':')
        {
            KeepWord(bytes[..end]);
            ReadOnlySpan<byte> field = _word[..Math.Min(_wordLength, MaxWord)];
            _part = field.SequenceEqual("data"u8) ? Part.Data : field.SequenceEqual("event"u8) ? Part.Name : Part.Other;
            _spaceAllowed = true;
        }

        _wordLength = 0;
        return bytes[(end + 1)..];
    }

    private void KeepWord(ReadOnlySpan<byte> part)
    {
        if (_wordLength + part.Length <= MaxWord)
        {
            part.CopyTo(_word[_wordLength..]);
        }

        _wordLength = (int)Math.Min((long)_wordLength + part.Length, MaxWord + 1);
    }

    [InlineArray(MaxWord)]
    private struct Word
    {
        private byte _first;
    }
}
