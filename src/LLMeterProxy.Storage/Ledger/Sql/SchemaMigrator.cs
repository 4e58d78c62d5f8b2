using System.Data.Common;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>
/// Brings a database's schema to this program's: forward only, all or nothing. A database that was made by another history
/// (changed script, later version) is refused, because guessing would cost the truth.
/// </summary>
internal static class SchemaMigrator
{
    private const string ResourcePrefix = "LLMeterProxy.Storage.Migrations.";

    /// <summary>The scripts of this program, in order.</summary>
    /// <param name="engine"><c>sqlite</c> or <c>postgres</c>.</param>
    public static IReadOnlyList<Migration> Embedded(string engine)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var suffix = $".{engine}.sql";
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal) && name.EndsWith(suffix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => Read(assembly, name, suffix))
            .ToList();
    }

    /// <summary>Runs inside a transaction that keeps every other migrator out.</summary>
    /// <returns>How many scripts were applied.</returns>
    /// <exception cref="InvalidOperationException">The database was made by a later program or by another script of the same number.</exception>
    public static int Apply(DbConnection connection, IReadOnlyList<Migration> migrations, TimeProvider time)
    {
        connection.Execute(connection is SqliteConnection
            ? "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT"
            : "CREATE TABLE IF NOT EXISTS schema_migrations (version bigint PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at bigint NOT NULL)");
        var missing = Missing(connection, migrations);
        foreach (var migration in missing)
        {
            connection.Execute(migration.Sql);
            connection.Execute(
                "INSERT INTO schema_migrations (version, name, sha256, applied_at) VALUES (@version, @name, @sha256, @at)",
                ("@version", (long)migration.Version),
                ("@name", migration.Name),
                ("@sha256", migration.Sha256),
                ("@at", time.GetUtcNow().ToUnixTimeMilliseconds()));
        }

        return missing.Count;
    }

    /// <summary>How far a database is behind, without changing it.</summary>
    /// <inheritdoc cref="Missing"/>
    public static SchemaState ReadState(DbConnection connection, IReadOnlyList<Migration> migrations)
    {
        var table = connection.Scalar(connection is SqliteConnection
            ? "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'"
            : "SELECT 1 WHERE to_regclass('schema_migrations') IS NOT NULL");
        if (table is null)
        {
            return new SchemaState(IsEmpty: true, migrations.Count);
        }

        var missing = Missing(connection, migrations).Count;
        return new SchemaState(IsEmpty: missing == migrations.Count, missing);
    }

    /// <summary>The scripts that the database has not had. Needs the table of those that it has.</summary>
    /// <exception cref="InvalidOperationException">The database was made by a later program or by another script of the same number.</exception>
    public static IReadOnlyList<Migration> Missing(DbConnection connection, IReadOnlyList<Migration> migrations)
    {
        var applied = Applied(connection);
        var newest = migrations.Count == 0 ? 0 : migrations[^1].Version;
        foreach (var (version, hash) in applied)
        {
            if (version > newest)
            {
                throw new InvalidOperationException($"The ledger has schema version {version}, this program knows up to {newest}: start the newer program.");
            }

            var mine = migrations.Single(m => m.Version == version);
            if (!string.Equals(mine.Sha256, hash))
            {
                throw new InvalidOperationException($"Schema version {version} ({mine.Name}) of the ledger was made by another script: restore the database or the program it belongs to.");
            }
        }

        return migrations.Where(migration => !applied.ContainsKey(migration.Version)).ToList();
    }

    private static Dictionary<int, string> Applied(DbConnection connection)
    {
        var applied = new Dictionary<int, string>();
        using var command = connection.Command("SELECT version, sha256 FROM schema_migrations");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            applied.Add((int)reader.GetInt64(0), reader.GetString(1));
        }

        return applied;
    }

    private static Migration Read(Assembly assembly, string resource, string suffix)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        var sql = reader.ReadToEnd();
        var name = resource[ResourcePrefix.Length..^suffix.Length];
        var version = int.Parse(name.AsSpan(0, name.IndexOf('_', StringComparison.Ordinal)));
        return new Migration(version, name, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
    }
}
