using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace LLMeterProxy.TestKit.Postgres;

/// <summary>
/// A PostgreSQL server of its own on a free port of 127.0.0.1 with its files in a temporary directory. It ends, and its files go,
/// when it is disposed or when this process is gone, however that ended: a shell holds it, which waits for the end of its input.
/// <para>Needs the server's programs: the Debian package postgresql, or a directory in <c>LLMETER_POSTGRES_BIN</c>.</para>
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private const string User = "llmeter";

    /// <summary>Runs the rest of its arguments until its input ends, then ends them and removes the directory.</summary>
    private const string Keeper =
        """
        directory=$1; shift
        "$@" >"$directory/server.log" 2>&1 &
        server=$!
        read -r _
        kill -QUIT "$server" 2>/dev/null
        wait "$server"
        rm -rf "$directory"
        """;

    private static readonly Lazy<PostgresServer> _shared = new(() => Start());

    private readonly Process _keeper;
    private readonly string _directory;
    private int _databases;

    private PostgresServer(Process keeper, string directory, int port)
    {
        (_keeper, _directory) = (keeper, directory);
        ConnectionString = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = User,
            Database = "postgres",
        }.ToString();
    }

    /// <summary>The one server of this test process, started when first asked for. Never dispose it.</summary>
    public static PostgresServer Shared => _shared.Value;

    /// <summary>Leads to the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>Whether a server can be started on this machine.</summary>
    public static bool IsInstalled => FindPrograms() is not null;

    /// <param name="durable">False: commits are not synced, which is quicker and survives everything but a power cut.</param>
    /// <exception cref="InvalidOperationException">PostgreSQL is not installed, or it did not start.</exception>
    public static PostgresServer Start(bool durable = false)
    {
        var programs = FindPrograms()
            ?? throw new InvalidOperationException("PostgreSQL is not installed: apt-get install postgresql, or name the directory of its programs in LLMETER_POSTGRES_BIN.");
        var directory = Directory.CreateTempSubdirectory("llmeter-pg-").FullName;
        string[] asUser = [];
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL refuses to run as root.
            Run("chown", "postgres:", directory);
            asUser = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
        }

        var files = Path.Combine(directory, "files");
        Run([.. asUser, Path.Combine(programs, "initdb"), "-D", files, "-U", User, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
        var port = FreePort();
        string[] settings =
        [
            "listen_addresses=127.0.0.1", $"port={port.ToString(CultureInfo.InvariantCulture)}", "unix_socket_directories=", "max_connections=200",
            "shared_buffers=128MB", "max_wal_size=2GB", $"fsync={(durable ? "on" : "off")}", $"full_page_writes={(durable ? "on" : "off")}",
        ];
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardInput = true };
        foreach (var argument in (string[])
            ["-c", Keeper, "keeper", directory, .. asUser, Path.Combine(programs, "postgres"), "-D", files, .. settings.SelectMany(s => (string[])["-c", s])])
        {
            start.ArgumentList.Add(argument);
        }

        var server = new PostgresServer(Process.Start(start)!, directory, port);
        server.AwaitReady();
        return server;
    }

    /// <summary>Makes an empty database of its own and returns the connection string that leads to it.</summary>
    public string CreateDatabase()
    {
        var name = "test_" + Interlocked.Increment(ref _databases).ToString(CultureInfo.InvariantCulture);
        using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        command.ExecuteNonQuery();
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ToString();
    }

    /// <summary>Refuses new connections to a database and ends those it has, until <see cref="Admit"/>: an outage for one test alone.</summary>
    public void Shut(string databaseConnectionString)
    {
        var name = NameIn(databaseConnectionString);
        Execute($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        Execute($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    }

    /// <summary>Ends the outage of <see cref="Shut"/>.</summary>
    public void Admit(string databaseConnectionString) => Execute($"ALTER DATABASE {NameIn(databaseConnectionString)} ALLOW_CONNECTIONS true");

    /// <summary>Ends the sessions of a database, as a restart of the server does.</summary>
    public void EndSessions(string databaseConnectionString) =>
        Execute($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{NameIn(databaseConnectionString)}'");

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        _keeper.StandardInput.Close();
        _keeper.WaitForExit();
        _keeper.Dispose();
    }

    private static string NameIn(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database!;

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private void AwaitReady()
    {
        for (var deadline = Environment.TickCount64 + 60_000; ; Thread.Sleep(20))
        {
            try
            {
                Execute("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (Environment.TickCount64 < deadline && !_keeper.HasExited)
            {
                // Not listening yet, or still starting up.
            }
            catch (NpgsqlException exception)
            {
                var log = File.ReadAllText(Path.Combine(_directory, "server.log"));
                Dispose();
                throw new InvalidOperationException("PostgreSQL did not start: " + log, exception);
            }
        }
    }

    private static string? FindPrograms()
    {
        if (Environment.GetEnvironmentVariable("LLMETER_POSTGRES_BIN") is { Length: > 0 } named)
        {
            return named;
        }

        const string Debian = "/usr/lib/postgresql";
        var installed = Directory.Exists(Debian)
            ? Directory.GetDirectories(Debian).OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var version) ? version : 0).Select(d => Path.Combine(d, "bin"))
            : [];
        var searched = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return installed.Concat(searched).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "postgres")));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Run(params string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command[0]} failed: {errors}{output.Result}");
        }
    }
}
