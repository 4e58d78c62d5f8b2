using System.Buffers;

namespace LLMeterProxy.Gateway.Inspect;

/// <summary>The whole request body in one pooled buffer: read once, replayable. Owned by the context, returned when the call is over.</summary>
public sealed class RequestBody : IDisposable
{
    private readonly BodyMemory _memory;
    private byte[]? _buffer;
    private long _taken;

    internal RequestBody(BodyMemory memory, byte[] buffer, int length, long taken)
    {
        _memory = memory;
        _buffer = buffer;
        Length = length;
        _taken = taken;
    }

    public int Length { get; }

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    public void Dispose()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
            _memory.Return(_taken);
            _taken = 0;
        }
    }
}
