using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LLMeterProxy.TestKit.Redis;

/// <summary>One connection that speaks just enough of RESP2 to steer a server, independent of the client library under test.</summary>
public sealed class RedisConnection : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly BufferedStream _stream;

    private RedisConnection(int port)
    {
        _client.Connect(IPAddress.Loopback, port);
        _client.ReceiveTimeout = (int)Patience.Limit.TotalMilliseconds;
        _stream = new BufferedStream(_client.GetStream());
    }

    /// <summary>Sends one command over a connection of its own.</summary>
    /// <returns>A string, a long, a list of these, or null.</returns>
    /// <exception cref="InvalidOperationException">The server answered an error; its text is the message.</exception>
    public static object? Send(int port, params string[] command)
    {
        using var connection = new RedisConnection(port);
        return connection.Send(command);
    }

    public static RedisConnection Open(int port) => new(port);

    public object? Send(params string[] command)
    {
        var text = new StringBuilder().Append('*').Append(command.Length).Append("\r\n");
        foreach (var part in command)
        {
            text.Append('$').Append(Encoding.UTF8.GetByteCount(part)).Append("\r\n").Append(part).Append("\r\n");
        }

        _stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
        _stream.Flush();
        return Read();
    }

    public void Dispose() => _client.Dispose();

    private object? Read()
    {
        var line = ReadLine();
        var rest = line[1..];
        return line[0] switch
        {
            '+' => rest,
            '-' => throw new InvalidOperationException(rest),
            ':' => long.Parse(rest, CultureInfo.InvariantCulture),
            '$' => ReadBulk(int.Parse(rest, CultureInfo.InvariantCulture)),
            '*' => Enumerable.Range(0, Math.Max(0, int.Parse(rest, CultureInfo.InvariantCulture))).Select(_ => Read()).ToList(),
            _ => throw new InvalidDataException($"Not RESP2: {line}"),
        };
    }

    private string? ReadBulk(int length)
    {
        if (length < 0)
            return null;
        var bytes = new byte[length + 2];
        _stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private string ReadLine()
    {
        var bytes = new List<byte>();
        while (true)
        {
            var next = _stream.ReadByte();
            if (next < 0)
                throw new IOException("The server closed the connection.");
            if (next == '\n')
                return Encoding.UTF8.GetString([.. bytes]).TrimEnd('\r');
            bytes.Add((byte)next);
        }
    }
}
