using LLMeterProxy.TestKit.Postgres;
using Npgsql;

namespace LLMeterProxy.Storage.Tests.Postgres;

public sealed class PostgresServerTests
{
    [Fact]
    public void Each_test_gets_an_empty_database_of_its_own()
    {
        var databases = new[] { PostgresServer.Shared.CreateDatabase(), PostgresServer.Shared.CreateDatabase() };
        Assert.NotEqual(databases[0], databases[1]);
        foreach (var database in databases)
        {
            using var connection = new NpgsqlConnection(database);
            connection.Open();
            using var command = new NpgsqlCommand("CREATE TABLE once (id integer)", connection);
            command.ExecuteNonQuery();
        }
    }

    [Fact]
    public void A_database_that_is_shut_is_out_until_it_is_admitted_again()
    {
        var database = PostgresServer.Shared.CreateDatabase();
        PostgresServer.Shared.Shut(database);
        Assert.ThrowsAny<NpgsqlException>(() => Open(database));
        PostgresServer.Shared.Admit(database);
        Open(database);
    }

    private static void Open(string database)
    {
        using var connection = new NpgsqlConnection(database);
        connection.Open();
    }
}
