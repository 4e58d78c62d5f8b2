using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace LLMeterProxy.Storage.Ledger.Sqlite;

/// <summary>
/// Brings the file's schema to this program's: forward only, all or nothing. A file that was made by another history
/// (changed script, later version) is refused, because guessing would cost the truth.
/// </summary>
internal static class SqliteMigrator
{
    private const string ResourcePrefix = "LLMeterProxy.Storage.Migrations.";

    private const string ResourceSuffix = ".sqlite.sql";

    /// <summary>The scripts of this program, in order.</summary>
    public static IReadOnlyList<SqliteMigration> Embedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal) && name.EndsWith(ResourceSuffix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => Read(assembly, name))
            .ToList();
    }

    /// <returns>How many scripts were applied.</returns>
    /// <exception cref="InvalidOperationException">The file was made by a later program or by another script of the same number.</exception>
    public static int Apply(SqliteConnection connection, IReadOnlyList<SqliteMigration> migrations, TimeProvider time)
    {
        var count = 0;
        SqliteWrites.InTransaction(connection, () =>
        {
            connection.Execute(
                "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT");
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
                    throw new InvalidOperationException($"Schema version {version} ({mine.Name}) of the ledger was made by another script: restore the file or the program it belongs to.");
                }
            }

            foreach (var migration in migrations)
            {
                if (applied.ContainsKey(migration.Version))
                {
                    continue;
                }

                connection.Execute(migration.Sql);
                connection.Execute(
                    "INSERT INTO schema_migrations (version, name, sha256, applied_at) VALUES ($version, $name, $sha256, $at)",
                    ("$version", migration.Version),
                    ("$name", migration.Name),
                    ("$sha256", migration.Sha256),
                    ("$at", time.GetUtcNow().ToUnixTimeMilliseconds()));
                count++;
            }
        });
        return count;
    }

    private static Dictionary<int, string> Applied(SqliteConnection connection)
    {
        var applied = new Dictionary<int, string>();
        using var command = connection.Command("SELECT version, sha256 FROM schema_migrations");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            applied.Add(reader.GetInt32(0), reader.GetString(1));
        }

        return applied;
    }

    private static SqliteMigration Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        var sql = reader.ReadToEnd();
        var name = resource[ResourcePrefix.Length..^ResourceSuffix.Length];
        var version = int.Parse(name.AsSpan(0, name.IndexOf('_', StringComparison.Ordinal)));
        return new SqliteMigration(version, name, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
    }
}
