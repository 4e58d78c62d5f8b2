using System.Net.Sockets;
using System.Text;

namespace LLMeterProxy.TestKit;

/// <summary>One request that reached a <see cref="ScriptedUpstream"/>, and the connection to answer it on.</summary>
public sealed class UpstreamExchange
{
    private readonly Socket _socket;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal UpstreamExchange(Socket socket, HttpMessageText request)
    {
        _socket = socket;
        Request = request;
    }

    public HttpMessageText Request { get; }

    /// <summary>Completes once the gateway has closed the connection.</summary>
    public Task WhenClosedAsync() => _closed.Task.WaitAsync(Patience.Limit);

    public bool IsClosed => _closed.Task.IsCompleted;

    /// <summary>Raw bytes.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None)..];
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    /// <param name="headers">Lines without their ends.</param>
    public Task SendHeadAsync(int status, params IEnumerable<string> headers) =>
        SendAsync($"HTTP/1.1 {status} Scripted\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n");

    /// <summary>The head of an event stream in HTTP chunks.</summary>
    public Task SendStreamHeadAsync(string contentType = "text/event-stream") =>
        SendHeadAsync(200, $"Content-Type: {contentType}", "Transfer-Encoding: chunked");

    /// <summary>One HTTP chunk, in one write.</summary>
    public Task SendChunkAsync(ReadOnlyMemory<byte> bytes) =>
        SendAsync((byte[])[.. Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"), .. bytes.Span, .. "\r\n"u8]);

    public Task SendChunkAsync(string text) => SendChunkAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>The last HTTP chunk.</summary>
    public Task EndChunksAsync() => SendAsync("0\r\n\r\n");

    /// <summary>A whole answer.</summary>
    public async Task AnswerAsync(int status, string body, params IEnumerable<string> headers)
    {
        await SendHeadAsync(status, [$"Content-Length: {Encoding.UTF8.GetByteCount(body)}", .. headers]);
        await SendAsync(body);
    }

    /// <summary>RST: what the gateway has not read may be lost.</summary>
    public void Reset()
    {
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
            _socket.Close();
        }
        catch (ObjectDisposedException)
        {
            // The gateway closed the connection before.
        }
    }

    /// <summary>An orderly end of the TCP stream, wherever the message stands.</summary>
    public void Fin() => _socket.Shutdown(SocketShutdown.Send);

    internal void MarkClosed() => _closed.TrySetResult();
}
