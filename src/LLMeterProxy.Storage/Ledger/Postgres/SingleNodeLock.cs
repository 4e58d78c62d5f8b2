using System.Globalization;
using LLMeterProxy.Core.Ledger;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LLMeterProxy.Storage.Ledger.Postgres;

/// <summary>
/// Sees to it that one node alone works on a PostgreSQL ledger while caps are kept in that node's memory: an advisory lock that a
/// connection of its own holds for as long as the node runs. Where the connection breaks nothing is admitted until the lock is back;
/// where another node had it meanwhile this one's counters are worthless, and it has to end.
/// <para>Each holder raises a number beside its name in the ledger's settings: by that a returning one knows whether it was the last.</para>
/// </summary>
public sealed class SingleNodeLock : IAsyncDisposable
{
    private const string SettingName = "single_node";

    // One number for the whole program; a database has one ledger.
    private const long LockKey = 0x6C_6C_6D_65_74_65_72;

    private static readonly TimeSpan _check = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _retry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _answerLimit = TimeSpan.FromSeconds(2);

    // What a holder whose connection broke needs at most to notice: a check, and the wait for its answer, with some to spare.
    private static readonly TimeSpan _noticed = TimeSpan.FromSeconds(6);

    // The server takes a moment to see that the process before this one is gone.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    private readonly string _connectionString;
    private readonly string _nodeId;
    private readonly TimeProvider _time;
    private readonly ILogger<SingleNodeLock> _log;
    private readonly CancellationTokenSource _stopping = new();
    private NpgsqlConnection? _connection;
    private Task? _watch;
    private long _term;
    private volatile bool _isHeld;

    /// <param name="nodeId">Stable over restarts of one node.</param>
    public SingleNodeLock(string connectionString, string nodeId, TimeProvider time, ILogger<SingleNodeLock> log)
    {
        (_nodeId, _time, _log) = (nodeId, time, log);
        _connectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            ApplicationName = "llmeter single node",
            CommandTimeout = (int)_answerLimit.TotalSeconds,
        }.ToString();
    }

    /// <summary>Raised once, on another thread, where another node has had the lock: this one must end.</summary>
    public event Action? Usurped;

    /// <summary>False before <see cref="TakeAsync"/>, and from the notice of a broken connection until the lock is back.</summary>
    public bool IsHeld => _isHeld;

    /// <summary>Takes the lock and keeps it. The ledger must have been migrated.</summary>
    /// <exception cref="IOException">Another node has it.</exception>
    /// <exception cref="LedgerUnavailableException">The database cannot be reached.</exception>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        try
        {
            while (!await TryLockAsync(cancellationToken))
            {
                if (_time.GetElapsedTime(started) > _patience)
                {
                    throw new IOException(
                        "Another node works on this PostgreSQL ledger. Without LLMeter:Redis:Configuration there can be only one, because it keeps the caps in its memory: stop it, or configure Redis on both.");
                }

                await Task.Delay(_retry, _time, cancellationToken);
            }

            var before = await ReadHolderAsync(cancellationToken);
            if (before is { IsOpen: true } && !string.Equals(before.NodeId, _nodeId))
            {
                // It may only have lost its connection, and admits until it notices.
                SingleNodeLog.Waiting(_log, before.NodeId, _noticed);
                await Task.Delay(_noticed, _time, cancellationToken);
            }

            _term = (before?.Term ?? 0) + 1;
            await WriteHolderAsync(new Holder(_nodeId, _term, IsOpen: true), cancellationToken);
        }
        catch (NpgsqlException e)
        {
            throw new LedgerUnavailableException($"The lock of the PostgreSQL ledger cannot be taken: {e.Message}", e);
        }

        _isHeld = true;
        _watch = Task.Run(WatchAsync, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_watch is not null)
        {
            await _watch;
        }

        if (_isHeld)
        {
            _isHeld = false;
            try
            {
                await WriteHolderAsync(new Holder(_nodeId, _term, IsOpen: false), CancellationToken.None);
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
            {
                // The next node waits a few seconds longer, that is all.
            }
        }

        await CloseAsync();
        _stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (_isHeld)
                {
                    await ExecuteAsync("SELECT 1", _stopping.Token);
                }
                else if (await TryLockAsync(_stopping.Token) && !await ResumeAsync())
                {
                    return;
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever broke: the lock is in doubt, and only a new connection can tell.
                Lost(e);
            }

            await Task.Delay(_isHeld ? _check : _retry, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Lost(Exception why)
    {
        if (_isHeld)
        {
            _isHeld = false;
            SingleNodeLog.Lost(_log, why);
        }
    }

    /// <returns>False where another node has had the lock.</returns>
    private async Task<bool> ResumeAsync()
    {
        if (await ReadHolderAsync(_stopping.Token) is { } holder && holder.Term == _term)
        {
            _isHeld = true;
            SingleNodeLog.Back(_log);
            return true;
        }

        SingleNodeLog.Usurped(_log);
        Usurped?.Invoke();
        return false;
    }

    private async Task<bool> TryLockAsync(CancellationToken cancellationToken)
    {
        await CloseAsync();
        _connection = new NpgsqlConnection(_connectionString);
        await _connection.OpenAsync(cancellationToken).WaitAsync(_patience, _time, cancellationToken);
        return await ExecuteAsync("SELECT pg_try_advisory_lock($1)", cancellationToken, LockKey) is true;
    }

    private async Task<Holder?> ReadHolderAsync(CancellationToken cancellationToken) =>
        await ExecuteAsync("SELECT value FROM settings WHERE name = $1", cancellationToken, SettingName) is string text ? Holder.Parse(text) : null;

    private Task<object?> WriteHolderAsync(Holder holder, CancellationToken cancellationToken) => ExecuteAsync(
        "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", cancellationToken, SettingName, holder.ToString());

    private async Task<object?> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return await command.ExecuteScalarAsync(cancellationToken).WaitAsync(_answerLimit, _time, cancellationToken);
    }

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private sealed record Holder(string NodeId, long Term, bool IsOpen)
    {
        public static Holder? Parse(string text) =>
            text.Split(' ') is [var node, var term, var state] && long.TryParse(term, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? new Holder(node, number, state == "open")
                : null;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{NodeId} {Term} {(IsOpen ? "open" : "closed")}");
    }
}
