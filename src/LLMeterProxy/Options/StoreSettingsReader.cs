using Npgsql;
using StackExchange.Redis;

namespace LLMeterProxy.Options;

/// <summary>
/// Reads where caps and ledger are kept. Both texts may hold passwords, in any place where one was mistyped, so that no message
/// repeats any of them.
/// </summary>
internal static class StoreSettingsReader
{
    private static readonly TimeSpan _longestOperation = TimeSpan.FromSeconds(5);

    public static RedisSettings ReadRedis(SettingsSection redis)
    {
        var standard = new RedisSettings();
        var text = redis.Text("Configuration");
        if (text is not null && ProblemOf(text) is { } problem)
        {
            redis.Fail(
                "Configuration",
                null,
                problem,
                "Write addresses and options as StackExchange.Redis has them: redis-1:6379,redis-2:6379,password=…,ssl=true; for a Sentinel its address and serviceName=….");
        }

        return standard with
        {
            Configuration = text,
            OperationTimeout = redis.Duration("OperationTimeout", standard.OperationTimeout, TimeSpan.FromMilliseconds(10), _longestOperation),
        };
    }

    /// <returns>The connection string; null: the ledger is a SQLite file in the data directory.</returns>
    public static string? ReadPostgres(SettingsSection postgres)
    {
        const string Name = "ConnectionString";
        const string Fix = "Write it as Npgsql has it: Host=db;Database=llmeter;Username=llmeter;Password=….";
        if (postgres.Text(Name) is not { } text)
        {
            return null;
        }

        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(parsed.Host))
            {
                postgres.Fail(Name, null, "names no host.", Fix);
            }
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException or OverflowException)
        {
            postgres.Fail(Name, null, "is no connection string of PostgreSQL.", Fix);
        }

        return text;
    }

    /// <summary>
    /// Nodes that share a ledger share its keys and its admin: a secret that one of them made up would be unknown to the others, so
    /// with PostgreSQL none is made up.
    /// </summary>
    public static void RequireShared(SettingsSection section, string name, string? secret)
    {
        if (secret is null && section.Text(name) is null)
        {
            section.Fail(
                name,
                null,
                "is missing, and with LLMeter:Postgres:ConnectionString it is not generated, because every node needs the same.",
                "Set any text of at least 32 characters, the same on every node.");
        }
    }

    private static string? ProblemOf(string configuration)
    {
        try
        {
            return ConfigurationOptions.Parse(configuration, ignoreUnknown: false).EndPoints.Count == 0 ? "names no address." : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            return "is not understood.";
        }
    }
}
