using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace LLMeterProxy.TestKit;

/// <summary>
/// A provider of which the test writes every byte. It answers nothing by itself: each request that arrives is an
/// <see cref="UpstreamExchange"/> that the test takes and answers, so that the order of events is the test's, not the clock's.
/// </summary>
public sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Channel<UpstreamExchange> _arrived = Channel.CreateUnbounded<UpstreamExchange>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    private ScriptedUpstream(Socket listener)
    {
        _listener = listener;
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Without a trailing slash.</summary>
    public string BaseUrl => $"http://127.0.0.1:{Port}";

    /// <param name="port">0 takes a free one.</param>
    public static ScriptedUpstream Start(int port = 0)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(128);
        return new ScriptedUpstream(listener);
    }

    /// <summary>The next request that arrived whole.</summary>
    /// <exception cref="TimeoutException">None came.</exception>
    public Task<UpstreamExchange> NextAsync() => _arrived.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);

    /// <summary>Whether a request waits to be taken.</summary>
    public bool HasNext => _arrived.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            socket.NoDelay = true;
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            UpstreamExchange? current = null;
            var reader = new MessageReader(socket, _stopping.Token);
            try
            {
                while (await reader.ReadAsync() is { } message)
                {
                    current = new UpstreamExchange(socket, message);
                    _arrived.Writer.TryWrite(current);
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The gateway left, or the test closed the connection: both end it.
            }

            current?.MarkClosed();
        }
    }
}
