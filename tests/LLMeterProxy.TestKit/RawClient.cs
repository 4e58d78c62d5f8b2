using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LLMeterProxy.TestKit;

/// <summary>A client of one HTTP/1.1 request that can leave in any way a real one can.</summary>
public sealed class RawClient : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];

    private RawClient(Socket socket) => _socket = socket;

    /// <summary>All that came so far, head and framing included.</summary>
    public string Received { get; private set; } = "";

    /// <summary>What <c>x-llmeter-request-id</c> said.</summary>
    public string RequestId => Received.Split("x-llmeter-request-id:", 2)[1].Split("\r\n", 2)[0].Trim();

    /// <summary>Connects and sends a POST of JSON with the key as bearer.</summary>
    public static async Task<RawClient> PostAsync(string gatewayUrl, string path, string key, string json)
    {
        var url = new Uri(gatewayUrl);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, url.Port));
        var client = new RawClient(socket);
        var body = Encoding.UTF8.GetBytes(json);
        var head = $"POST {path} HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {key}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        await socket.SendAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body]);
        return client;
    }

    /// <summary>Reads until a text has come.</summary>
    /// <exception cref="EndOfStreamException">The connection ended before.</exception>
    /// <exception cref="TimeoutException">It did not come.</exception>
    public async Task UntilAsync(string text)
    {
        while (!Received.Contains(text, StringComparison.Ordinal))
        {
            if (!await ReadAsync())
                throw new EndOfStreamException($"The connection ended before '{text}': {Received}");
        }
    }

    /// <summary>Reads until the gateway closes the connection.</summary>
    /// <returns>False where it was reset.</returns>
    public async Task<bool> ToEndAsync()
    {
        try
        {
            while (await ReadAsync())
            {
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Leaves with RST, as a killed process with unread data does.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    /// <summary>Leaves with FIN, as a closed connection does.</summary>
    public void Fin() => _socket.Shutdown(SocketShutdown.Both);

    public void Dispose() => _socket.Dispose();

    private async Task<bool> ReadAsync()
    {
        var read = await _socket.ReceiveAsync(_buffer, SocketFlags.None).WaitAsync(Patience.Limit);
        Received += Encoding.UTF8.GetString(_buffer, 0, read);
        return read > 0;
    }
}
