using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Ledger.Sqlite;
using Microsoft.Data.Sqlite;

namespace LLMeterProxy.Storage.Tests.Ledger;

public sealed class SchemaMigratorTests : IDisposable
{
    private static readonly Migration _first = new(1, "0001_first", "CREATE TABLE one (a INTEGER) STRICT; INSERT INTO one VALUES (1)", "aa");
    private static readonly Migration _second = new(2, "0002_second", "ALTER TABLE one ADD COLUMN b INTEGER", "bb");

    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    public SchemaMigratorTests() => _connection.Open();

    [Fact]
    public void Each_script_runs_once()
    {
        Assert.Equal(1, Apply(_first));
        Assert.Equal(1, Apply(_first, _second));
        Assert.Equal(0, Apply(_first, _second));
        Assert.Equal(1L, _connection.Scalar("SELECT count(*) FROM one"));
    }

    [Fact]
    public void A_script_that_was_changed_after_it_ran_stops_the_start()
    {
        Apply(_first);

        Assert.Throws<InvalidOperationException>(() => Apply(_first with { Sha256 = "cc" }));
    }

    [Fact]
    public void A_file_of_a_later_program_stops_the_start()
    {
        Apply(_first, _second);

        Assert.Throws<InvalidOperationException>(() => Apply(_first));
    }

    [Fact]
    public void A_failing_script_takes_back_those_before_it()
    {
        Assert.Throws<SqliteException>(() => Apply(_first, _second with { Sql = "ALTER TABLE none ADD COLUMN b INTEGER" }));

        Assert.Equal(2, Apply(_first, _second));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public void The_shipped_scripts_are_numbered_without_gaps(string engine)
    {
        var scripts = SchemaMigrator.Embedded(engine);

        Assert.NotEmpty(scripts);
        Assert.Equal(Enumerable.Range(1, scripts.Count), scripts.Select(script => script.Version));
    }

    public void Dispose() => _connection.Dispose();

    private int Apply(params Migration[] migrations) =>
        SqliteDatabase.InTransaction(_connection, connection => SchemaMigrator.Apply(connection, migrations, TimeProvider.System));
}
