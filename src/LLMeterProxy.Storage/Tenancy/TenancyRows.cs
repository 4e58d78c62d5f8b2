using System.Data.Common;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Ledger.Sql;

namespace LLMeterProxy.Storage.Tenancy;

/// <summary>Reads and writes the rows of tenants, keys and budgets.</summary>
internal static class TenancyRows
{
    private const string KeyColumns = "SELECT document, hash, previous_hash FROM virtual_keys";

    public static long ReadRevision(DbConnection connection) => (long)connection.Scalar("SELECT revision FROM tenancy_revision")!;

    /// <summary>
    /// Keeps every other change of tenancy out to the end of the transaction, on other nodes too: what is read after it is what
    /// is changed. An update of nothing, which locks the row on either engine.
    /// </summary>
    public static void Lock(DbConnection connection) => connection.Execute("UPDATE tenancy_revision SET revision = revision");

    /// <returns>The raised revision.</returns>
    public static long RaiseRevision(DbConnection connection) =>
        (long)connection.Scalar("UPDATE tenancy_revision SET revision = revision + 1 RETURNING revision")!;

    /// <summary>
    /// Deleted tenants stay, for their names in reports; their keys and budgets do not, and neither do revoked keys.
    /// </summary>
    /// <param name="connection">All queries must see the same commit.</param>
    public static TenancySnapshot ReadSnapshot(DbConnection connection)
    {
        var revision = ReadRevision(connection);
        var tenants = Documents<Tenant>(connection, "SELECT document FROM tenants");
        var live = tenants.Where(t => t.DeletedAt is null).Select(t => t.Id).ToHashSet(StringComparer.Ordinal);
        var keys = Keys(connection, KeyColumns).Where(k => k.RevokedAt is null && live.Contains(k.TenantId));
        var budgets = Documents<Budget>(connection, "SELECT document FROM budgets ORDER BY owner, name")
            .Where(b => b.TenantId is null || live.Contains(b.TenantId));
        return new TenancySnapshot(revision, tenants, keys, budgets);
    }

    public static Tenant? FindTenant(DbConnection connection, string id) =>
        Documents<Tenant>(connection, "SELECT document FROM tenants WHERE id = @id", ("@id", id)).SingleOrDefault();

    public static void PutTenant(DbConnection connection, Tenant tenant) => connection.Execute(
        """
        INSERT INTO tenants (id, version, document) VALUES (@id, @version, @document)
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, document = excluded.document
        """,
        ("@id", tenant.Id), ("@version", tenant.Version), ("@document", TenancyJson.Write(tenant)));

    public static VirtualKey? FindKey(DbConnection connection, string id) =>
        Keys(connection, KeyColumns + " WHERE id = @id", ("@id", id)).SingleOrDefault();

    /// <summary>Newest first: the ids sort by age.</summary>
    public static IReadOnlyList<VirtualKey> KeysOf(DbConnection connection, string tenant) =>
        Keys(connection, KeyColumns + " WHERE tenant = @tenant ORDER BY id DESC", ("@tenant", tenant));

    /// <summary>A revision of which a snapshot has the live key with a hash, current or previous; null where there is no such key.</summary>
    public static long? FindRevision(DbConnection connection, KeyHash hash)
    {
        var isLive = Keys(connection, KeyColumns + " WHERE hash = @hash OR previous_hash = @hash", ("@hash", hash.ToArray()))
            .Exists(k => k.RevokedAt is null);

        // Read after the key, so that it is never the revision before the key's.
        return isLive ? ReadRevision(connection) : null;
    }

    public static bool IsHashTaken(DbConnection connection, KeyHash hash, string exceptKey) => connection.Scalar(
        "SELECT 1 FROM virtual_keys WHERE (hash = @hash OR previous_hash = @hash) AND id <> @id", ("@hash", hash.ToArray()), ("@id", exceptKey)) is not null;

    public static void PutKey(DbConnection connection, VirtualKey key) => connection.Execute(
        """
        INSERT INTO virtual_keys (id, tenant, hash, previous_hash, version, document) VALUES (@id, @tenant, @hash, @previous, @version, @document)
        ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, previous_hash = excluded.previous_hash, version = excluded.version, document = excluded.document
        """,
        ("@id", key.Id),
        ("@tenant", key.TenantId),
        ("@hash", key.Hash.ToArray()),
        ("@previous", key.PreviousHash?.ToArray()),
        ("@version", key.Version),
        ("@document", TenancyJson.Write(KeyDocument.Of(key))));

    public static Budget? FindBudget(DbConnection connection, string? owner, string name) =>
        Documents<Budget>(
            connection, "SELECT document FROM budgets WHERE owner = @owner AND name = @name", ("@owner", owner ?? ""), ("@name", name)).SingleOrDefault();

    /// <param name="openingWindow">Set where spend from before the budget is still to be added; null leaves what is stored.</param>
    public static void PutBudget(DbConnection connection, Budget budget, string? openingWindow) => connection.Execute(
        """
        INSERT INTO budgets (owner, name, version, opening_window, document) VALUES (@owner, @name, @version, @opening, @document)
        ON CONFLICT (owner, name) DO UPDATE SET version = excluded.version, document = excluded.document,
            opening_window = COALESCE(excluded.opening_window, budgets.opening_window)
        """,
        ("@owner", budget.TenantId ?? ""),
        ("@name", budget.Name),
        ("@version", budget.Version),
        ("@opening", openingWindow),
        ("@document", TenancyJson.Write(budget)));

    public static void DeleteBudget(DbConnection connection, string? owner, string name) =>
        connection.Execute("DELETE FROM budgets WHERE owner = @owner AND name = @name", ("@owner", owner ?? ""), ("@name", name));

    /// <summary>Budgets whose opening sum was not written when their process ended.</summary>
    public static IReadOnlyList<Budget> UnopenedBudgets(DbConnection connection) =>
        Documents<Budget>(connection, "SELECT document FROM budgets WHERE opening_window IS NOT NULL");

    /// <summary>The window that awaits its opening sum; null where there is none or the budget is another one by now.</summary>
    public static string? OpeningWindow(DbConnection connection, Budget budget) =>
        FindBudget(connection, budget.TenantId, budget.Name)?.Id == budget.Id
            ? connection.Scalar(
                "SELECT opening_window FROM budgets WHERE owner = @owner AND name = @name",
                ("@owner", budget.TenantId ?? ""), ("@name", budget.Name)) as string
            : null;

    public static void MarkOpened(DbConnection connection, Budget budget) => connection.Execute(
        "UPDATE budgets SET opening_window = NULL WHERE owner = @owner AND name = @name", ("@owner", budget.TenantId ?? ""), ("@name", budget.Name));

    private static List<T> Documents<T>(DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
        where T : class
    {
        using var command = connection.Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var documents = new List<T>();
        while (reader.Read())
        {
            documents.Add(TenancyJson.Read<T>(reader.GetString(0)));
        }

        return documents;
    }

    private static List<VirtualKey> Keys(DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var keys = new List<VirtualKey>();
        while (reader.Read())
        {
            keys.Add(TenancyJson.Read<KeyDocument>(reader.GetString(0)).ToKey(
                new KeyHash(reader.GetFieldValue<byte[]>(1)),
                reader.IsDBNull(2) ? null : new KeyHash(reader.GetFieldValue<byte[]>(2))));
        }

        return keys;
    }
}
