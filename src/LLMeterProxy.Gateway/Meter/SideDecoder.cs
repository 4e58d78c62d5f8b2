using System.IO.Compression;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Gateway.Meter;

/// <summary>
/// Decodes a copy of a response that came encoded although it was asked for unencoded, for the meter alone: the client gets
/// the original bytes (A41, T73). Bounded in size and ratio; past a bound the record is an estimate.
/// </summary>
internal sealed class SideDecoder : IDisposable
{
    private const long MaxDecoded = 512L * 1024 * 1024;
    private const int MaxRatio = 1000;

    private readonly IUsageCollector _collector;
    private readonly FeedStream _feed = new();
    private readonly Stream _decoder;
    private readonly byte[] _window = new byte[16 * 1024];
    private long _encoded;
    private long _decoded;

    private SideDecoder(IUsageCollector collector, Func<Stream, Stream> create)
    {
        _collector = collector;
        _decoder = create(_feed);
    }

    /// <returns>Null for an encoding that cannot be decoded here.</returns>
    public static SideDecoder? TryCreate(string encoding, IUsageCollector collector) => encoding.Trim().ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => new SideDecoder(collector, s => new GZipStream(s, CompressionMode.Decompress)),
        "deflate" => new SideDecoder(collector, s => new ZLibStream(s, CompressionMode.Decompress)),
        "br" => new SideDecoder(collector, s => new BrotliStream(s, CompressionMode.Decompress)),
        _ => null,
    };

    /// <returns>False past a bound, or where the bytes do not decode.</returns>
    public bool Observe(ReadOnlySpan<byte> bytes)
    {
        _encoded += bytes.Length;
        _feed.Supply(bytes);
        while (true)
        {
            int read;
            try
            {
                read = _decoder.Read(_window);
            }
            catch (InvalidDataException)
            {
                return false;
            }

            if (read == 0)
            {
                return true;
            }

            _decoded += read;
            if (_decoded > MaxDecoded || _decoded > (_encoded * MaxRatio) + _window.Length)
            {
                return false;
            }

            _collector.Observe(_window.AsSpan(0, read));
        }
    }

    public void Dispose()
    {
        _decoder.Dispose();
        _feed.Dispose();
    }

    /// <summary>Gives a pull decoder what was pushed so far; "no more for now" reads like an end, and the decoders go on after it.</summary>
    private sealed class FeedStream : ReadOnlyStream
    {
        private byte[] _bytes = [];
        private int _position;
        private int _length;

        public void Supply(ReadOnlySpan<byte> bytes)
        {
            if (_bytes.Length < bytes.Length)
            {
                _bytes = new byte[bytes.Length];
            }

            bytes.CopyTo(_bytes);
            _position = 0;
            _length = bytes.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, _length - _position);
            _bytes.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }
    }
}
