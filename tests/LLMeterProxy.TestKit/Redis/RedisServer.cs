using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LLMeterProxy.TestKit.Redis;

/// <summary>
/// A redis-server of its own on a free loopback port, in a temporary directory that lives as long as this object: it can be
/// stopped, killed, frozen and started again on the same port and files.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("llmeter-redis-");
    private readonly string _program;
    private readonly List<string> _arguments;
    private Process? _process;

    internal RedisServer(int port, IEnumerable<string> arguments, string program = "redis-server")
    {
        Port = port;
        _program = program;
        _arguments = [.. arguments];
    }

    public int Port { get; }

    /// <summary>Of the server's files; deleted with this object.</summary>
    public string DataDirectory => _directory.FullName;

    /// <summary><c>127.0.0.1:port</c>, as a client's configuration takes it.</summary>
    public string EndPoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Of this run of the server; a restart has another.</summary>
    public string RunId => InfoLine("server", "run_id");

    /// <param name="settings">Further lines of the configuration, as <c>--name value</c> pairs of arguments.</param>
    public static async Task<RedisServer> StartAsync(RedisPersistence persistence = RedisPersistence.None, params string[] settings)
    {
        var server = new RedisServer(FreePort(), [.. Arguments(persistence), .. settings]);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server that ended, on the same port and files; returns when it answers and has loaded them.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo(_program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = DataDirectory };
        foreach (var argument in _arguments.Concat(["--port", Port.ToString(CultureInfo.InvariantCulture), "--dir", DataDirectory]))
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Patience.UntilAsync(IsReady, $"redis on port {Port} answers");
    }

    /// <summary>Ends it in order: with <see cref="RedisPersistence.Snapshot"/> its data is saved.</summary>
    public async Task StopAsync()
    {
        if (_process is not null)
        {
            ProcessSignal.Send(_process.Id, ProcessSignal.Term);
            await _process.WaitForExitAsync().WaitAsync(Patience.Limit);
        }
    }

    /// <summary>SIGKILL; returns when it is gone.</summary>
    public void Kill()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
        }

        _process?.WaitForExit();
    }

    /// <summary>SIGSTOP: connections stay open and nothing is answered.</summary>
    public void Freeze() => ProcessSignal.Send(_process!.Id, ProcessSignal.Stop);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => ProcessSignal.Send(_process!.Id, ProcessSignal.Continue);

    /// <summary>CONFIG SET.</summary>
    public void Configure(string name, string value) => Command("CONFIG", "SET", name, value);

    /// <inheritdoc cref="RedisConnection.Send(int, string[])"/>
    public object? Command(params string[] command) => RedisConnection.Send(Port, command);

    /// <summary>The value of one line of INFO.</summary>
    public string InfoLine(string section, string name) =>
        ((string)Command("INFO", section)!).Split("\r\n").First(l => l.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..];

    public ValueTask DisposeAsync()
    {
        Kill();
        _process?.Dispose();
        try
        {
            _directory.Delete(recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Disposed twice.
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>A port that nobody listens on, below the ephemeral ones where it can be: outgoing connections do not take it meanwhile.</summary>
    internal static int FreePort()
    {
        while (true)
        {
            // The bus of a cluster listens 10,000 above.
            var port = Random.Shared.Next(10_000, 22_000);
            if (IsFree(port) && IsFree(port + 10_000))
                return port;
        }
    }

    internal static IEnumerable<string> Arguments(RedisPersistence persistence) =>
    [
        "--bind", "127.0.0.1",
        "--protected-mode", "no",
        "--maxmemory-policy", "noeviction",
        "--appendonly", persistence == RedisPersistence.AppendOnly ? "yes" : "no",
        "--save", persistence == RedisPersistence.Snapshot ? "86400 1" : "",
    ];

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private bool IsReady()
    {
        if (_process!.HasExited)
            throw new InvalidOperationException($"{_program} ended with {_process.ExitCode} at its start.");
        try
        {
            return Command("PING") is "PONG";
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidOperationException)
        {
            return false; // Not yet, or still loading.
        }
    }
}
