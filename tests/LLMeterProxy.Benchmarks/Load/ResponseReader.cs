using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace LLMeterProxy.Benchmarks.Load;

/// <summary>Reads one HTTP/1.1 answer after the other off a connection, and no more of it than tells whether it is whole.</summary>
internal sealed class ResponseReader(Socket socket)
{
    private const int TailLength = 64;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly byte[] _tail = new byte[TailLength];

    /// <exception cref="InvalidDataException">The answer is not a complete 200.</exception>
    public async ValueTask ReadAsync(bool isStream)
    {
        var length = 0;
        int body;
        do
        {
            length += await ReceiveAsync(length);
            body = _buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) + 4;
        }
        while (body < 4);

        var head = _buffer.AsSpan(0, body);
        if (!head.StartsWith("HTTP/1.1 200"u8))
        {
            throw Wrong(length);
        }

        if (isStream)
        {
            await ReadChunkedAsync(body, length);
        }
        else
        {
            await ReadSizedAsync(ContentLength(head), length - body);
        }
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("Content-Length: "u8);
        return at >= 0 && Utf8Parser.TryParse(head[(at + 16)..], out int length, out _)
            ? length
            : throw new InvalidDataException("No length in: " + Encoding.ASCII.GetString(head));
    }

    private async ValueTask ReadSizedAsync(int expected, int received)
    {
        while (received < expected)
        {
            received += await ReceiveAsync(0);
        }

        if (received != expected)
        {
            throw new InvalidDataException($"{received} bytes of body, {expected} were declared.");
        }
    }

    private async ValueTask ReadChunkedAsync(int from, int to)
    {
        Array.Clear(_tail);
        while (true)
        {
            Keep(_buffer.AsSpan(from, to - from));
            if (_tail.AsSpan().EndsWith("\r\n0\r\n\r\n"u8))
            {
                break;
            }

            (from, to) = (0, await ReceiveAsync(0));
        }

        if (_tail.AsSpan().IndexOf("data: [DONE]\n\n"u8) < 0)
        {
            throw new InvalidDataException("The stream ended without its last event: " + Encoding.ASCII.GetString(_tail));
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= TailLength)
        {
            bytes[^TailLength..].CopyTo(_tail);
            return;
        }

        _tail.AsSpan(bytes.Length).CopyTo(_tail);
        bytes.CopyTo(_tail.AsSpan(TailLength - bytes.Length));
    }

    private async ValueTask<int> ReceiveAsync(int offset)
    {
        var read = await socket.ReceiveAsync(_buffer.AsMemory(offset));
        return read > 0 ? read : throw new InvalidDataException("The connection was closed.");
    }

    private InvalidDataException Wrong(int length) => new("Not a 200: " + Encoding.UTF8.GetString(_buffer, 0, length));
}
