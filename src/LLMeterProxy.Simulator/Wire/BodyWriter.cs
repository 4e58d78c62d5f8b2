using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace LLMeterProxy.Simulator.Wire;

/// <summary>
/// Builds response bytes as UTF-8, so that the wire shapes can be read in the code as raw interpolated strings.
/// Holes are written as they are: a string that goes into JSON is escaped by whoever read it (see <see cref="JsonText"/>).
/// </summary>
internal sealed class BodyWriter : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(8 * 1024);
    private int _length;

    /// <summary>What was written since the last <see cref="Clear"/>; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    public int Length => _length;

    public void Clear() => _length = 0;

    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "The handler writes into this instance; the compiler passes it on.")]
    public void Write([InterpolatedStringHandlerArgument("")] ref Utf8Holes text)
    {
    }

    public void Write(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Reserve(utf8.Length));
        _length += utf8.Length;
    }

    public void Text(string text)
    {
        var room = Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, room);
    }

    public void Number(long value)
    {
        Utf8Formatter.TryFormat(value, Reserve(20), out var written);
        _length += written;
    }

    public void Fill(byte value, int count)
    {
        Reserve(count)[..count].Fill(value);
        _length += count;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + count));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(_length);
    }

    /// <summary>Receives the pieces of an interpolated string and writes each straight into the buffer.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Utf8Holes
    {
        private readonly BodyWriter _writer;

        [SuppressMessage("Style", "IDE0060:Remove unused parameter", Justification = "The compiler's pattern wants both counts.")]
        public Utf8Holes(int literalLength, int formattedCount, BodyWriter writer) => _writer = writer;

        public void AppendLiteral(string text) => _writer.Text(text);

        public void AppendFormatted(string? text) => _writer.Text(text ?? "null");

        public void AppendFormatted(ReadOnlySpan<byte> utf8) => _writer.Write(utf8);

        public void AppendFormatted(long value) => _writer.Number(value);

        public void AppendFormatted(bool value) => _writer.Write(value ? "true"u8 : "false"u8);
    }
}
