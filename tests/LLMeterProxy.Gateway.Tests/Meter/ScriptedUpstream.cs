using LLMeterProxy.Gateway.Meter;

namespace LLMeterProxy.Gateway.Tests.Meter;

/// <summary>A body that comes in given pieces, and may break off instead of ending.</summary>
internal sealed class ScriptedUpstream(byte[] body, IReadOnlyList<int> pieces, bool breaks = false) : ReadOnlyStream
{
    private int _position;
    private int _piece;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Every other read is really asynchronous, as a socket's are.
        if (_piece % 2 == 1)
        {
            await Task.Yield();
        }

        if (_position == body.Length && breaks)
        {
            throw new IOException("scripted");
        }

        if (buffer.IsEmpty)
        {
            return 0;
        }

        var size = pieces.Count == 0 ? body.Length : pieces[_piece++ % pieces.Count];
        var count = Math.Min(Math.Min(size, buffer.Length), body.Length - _position);
        body.AsMemory(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }
}
