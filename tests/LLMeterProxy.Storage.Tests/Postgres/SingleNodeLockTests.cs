using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Ledger.Postgres;
using LLMeterProxy.TestKit;
using LLMeterProxy.TestKit.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace LLMeterProxy.Storage.Tests.Postgres;

/// <summary>Without Redis one node alone may work on a PostgreSQL ledger.</summary>
public sealed class SingleNodeLockTests
{
    private readonly string _database = CreateLedger();

    [Fact]
    public async Task A_second_node_is_refused_until_the_first_has_ended()
    {
        await using (var first = Lock("one"))
        {
            await first.TakeAsync(default);
            Assert.True(first.IsHeld);
            await using var second = Lock("two");
            var refused = await Assert.ThrowsAsync<IOException>(() => second.TakeAsync(default));
            Assert.Contains("LLMeter:Redis:Configuration", refused.Message, StringComparison.Ordinal);
            Assert.False(second.IsHeld);
        }

        await using var after = Lock("two");
        await after.TakeAsync(default);
        Assert.True(after.IsHeld);
    }

    [Fact]
    public async Task A_broken_connection_is_noticed_and_the_lock_is_taken_again_where_nobody_had_it()
    {
        await using var held = Lock("one");
        await held.TakeAsync(default);
        PostgresServer.Shared.Shut(_database);
        await Patience.UntilAsync(() => !held.IsHeld, "the loss is noticed");
        PostgresServer.Shared.Admit(_database);
        await Patience.UntilAsync(() => held.IsHeld, "the lock is back");
    }

    [Fact]
    public async Task A_node_whose_lock_another_had_meanwhile_is_told_to_end()
    {
        await using var held = Lock("one");
        var usurped = new TaskCompletionSource();
        held.Usurped += usurped.SetResult;
        await held.TakeAsync(default);
        PostgresServer.Shared.Shut(_database);
        await Patience.UntilAsync(() => !held.IsHeld, "the loss is noticed");
        Execute(PostgresServer.Shared.ConnectionString, $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(_database).Database} ALLOW_CONNECTIONS true");
        Execute(_database, "UPDATE settings SET value = 'two 2 closed' WHERE name = 'single_node'");
        await usurped.Task.WaitAsync(Patience.Limit);
        Assert.False(held.IsHeld);
    }

    [Fact]
    public async Task A_database_that_is_away_is_no_other_node()
    {
        await using var node = new SingleNodeLock("Host=127.0.0.1;Port=9;Username=x;Database=x", "one", TimeProvider.System, NullLogger<SingleNodeLock>.Instance);
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => node.TakeAsync(default));
    }

    private static string CreateLedger()
    {
        var database = PostgresServer.Shared.CreateDatabase();
        Execute(database, "CREATE TABLE settings (name text PRIMARY KEY, value text NOT NULL)");
        return database;
    }

    private static void Execute(string database, string sql)
    {
        using var connection = new NpgsqlConnection(database + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private SingleNodeLock Lock(string node) => new(_database, node, TimeProvider.System, NullLogger<SingleNodeLock>.Instance);
}
