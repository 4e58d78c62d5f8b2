using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LLMeterProxy.TestKit;

/// <summary>Reads HTTP/1.1 messages from a socket, one after the other.</summary>
internal sealed class MessageReader(Socket socket, CancellationToken cancellationToken)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Null where the peer closed the connection between messages, or inside one.</summary>
    public async Task<HttpMessageText?> ReadAsync()
    {
        var head = new StringBuilder();
        while (await LineAsync() is { } line)
        {
            if (line.Length > 0)
            {
                head.Append(head.Length > 0 ? "\r\n" : "").Append(line);
                continue;
            }

            var message = new HttpMessageText(head.ToString(), default);
            if (message.Header("content-length") is { } length)
                return await ExactlyAsync(int.Parse(length, CultureInfo.InvariantCulture)) is { } body ? message with { Body = body } : null;
            if (message.Header("transfer-encoding") is null)
                return message;
            return await ChunksAsync() is { } chunks ? message with { Body = chunks } : null;
        }

        return null;
    }

    private async Task<byte[]?> ChunksAsync()
    {
        using var body = new MemoryStream();
        while (await LineAsync() is { } line)
        {
            var size = int.Parse(line.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (await ExactlyAsync(size) is not { } chunk || await LineAsync() is null)
                return null;
            if (size == 0)
                return body.ToArray();
            body.Write(chunk);
        }

        return null;
    }

    private async Task<string?> LineAsync()
    {
        var line = new StringBuilder();
        while (_start < _end || await FillAsync())
        {
            var value = (char)_buffer[_start++];
            if (value == '\n')
                return line.ToString();
            if (value != '\r')
                line.Append(value);
        }

        return null;
    }

    private async Task<byte[]?> ExactlyAsync(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            if (_start == _end && !await FillAsync())
                return null;
            var taken = Math.Min(count - at, _end - _start);
            _buffer.AsSpan(_start, taken).CopyTo(bytes.AsSpan(at));
            _start += taken;
            at += taken;
        }

        return bytes;
    }

    private async Task<bool> FillAsync()
    {
        _start = 0;
        _end = await socket.ReceiveAsync(_buffer, SocketFlags.None, cancellationToken);
        return _end > 0;
    }
}
