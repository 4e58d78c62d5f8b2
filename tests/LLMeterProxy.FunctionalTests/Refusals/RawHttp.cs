using System.Net.Sockets;
using System.Text;

namespace LLMeterProxy.FunctionalTests.Refusals;

/// <summary>HTTP by hand, for what no client library would send.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);

    /// <summary>A well-framed request that asks for the connection to be closed.</summary>
    public static string Post(string target, string key, string body, string extraHeaders = "", bool close = true) =>
        $"POST {target} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n{extraHeaders}"
        + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{(close ? "Connection: close\r\n" : "")}\r\n{body}";

    /// <summary>Head lines joined by CRLF, with the blank line, and the body as it is.</summary>
    public static string Request(string body, params string[] head) => string.Join("\r\n", head) + "\r\n\r\n" + body;

    /// <summary>Sends the bytes (Latin-1) and reads until the server closes the connection, which it must do.</summary>
    public static async Task<RawAnswer> ExchangeAsync(string url, string request)
    {
        using var deadline = new CancellationTokenSource(_deadline);
        var address = new Uri(url);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port, deadline.Token);
        await using var stream = new NetworkStream(socket);
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), deadline.Token);
            while (await stream.ReadAsync(buffer, deadline.Token) is > 0 and var read)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // Reset while unread bytes were on their way: closed all the same.
        }

        return new RawAnswer(text.ToString());
    }
}
