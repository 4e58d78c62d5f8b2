using System.Data.Common;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>
/// Which tag values have rollups of their own: the first <see cref="MaxValues"/> of a tenant, because clients invent values
/// without end. Once a value has its own rows it keeps them for ever. Not thread-safe: used under the writer's lock.
/// </summary>
internal sealed class TagValues(ILedgerTables tables)
{
    public const int MaxValues = 1_000;

    public const string Other = "_other";

    private readonly Dictionary<string, HashSet<(string Name, string Value)>> _known = new(StringComparer.Ordinal);

    /// <summary>Makes room for the tags of records, as long as there is any. New values are stored with the running transaction.</summary>
    public void Learn(DbConnection connection, IReadOnlyList<BatchRecord> records)
    {
        SortedDictionary<string, HashSet<(string Name, string Value)>>? unknown = null;
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i].Record;
            for (var t = 0; t < record.Tags.Count; t++)
            {
                var tag = (StoredText.Key(record.Tags[t].Key), StoredText.Key(record.Tags[t].Value));
                if (_known.TryGetValue(record.Tenant, out var known) && (known.Count >= MaxValues || known.Contains(tag)))
                {
                    continue;
                }

                unknown ??= new(StringComparer.Ordinal);
                if (!unknown.TryGetValue(record.Tenant, out var values))
                {
                    unknown.Add(record.Tenant, values = []);
                }

                values.Add(tag);
            }
        }

        if (unknown is null)
        {
            return;
        }

        foreach (var (tenant, values) in unknown)
        {
            Add(connection, tenant, values);
        }
    }

    /// <summary>Where a tag is summed.</summary>
    public (string Name, string Value) Place(string tenant, string name, string value) =>
        _known.TryGetValue(tenant, out var known) && known.Contains((name, value)) ? (name, value) : (Other, Other);

    /// <summary>After a rollback: what was added in memory is not in the database.</summary>
    public void Forget() => _known.Clear();

    private void Add(DbConnection connection, string tenant, HashSet<(string Name, string Value)> values)
    {
        // Under the lock what is stored is all there is: two nodes must not give the last place to two values.
        tables.LockTagValues(connection, tenant);
        var known = Load(connection, tenant);
        foreach (var (name, value) in values)
        {
            if (known.Count >= MaxValues)
            {
                break;
            }

            if (known.Add((name, value)))
            {
                connection.Execute(
                    "INSERT INTO tag_values (tenant, name, value) VALUES (@tenant, @name, @value) ON CONFLICT DO NOTHING",
                    ("@tenant", tenant), ("@name", name), ("@value", value));
            }
        }

        _known[tenant] = known;
    }

    private static HashSet<(string Name, string Value)> Load(DbConnection connection, string tenant)
    {
        var known = new HashSet<(string Name, string Value)>();
        using var command = connection.Command("SELECT name, value FROM tag_values WHERE tenant = @tenant", ("@tenant", tenant));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            known.Add((reader.GetString(0), reader.GetString(1)));
        }

        return known;
    }
}
