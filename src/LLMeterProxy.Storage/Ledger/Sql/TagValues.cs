using System.Data.Common;
using System.Runtime.InteropServices;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>
/// Which tag values have rollups of their own: the first <see cref="MaxValues"/> of a tenant, because clients invent values
/// without end. Once a value has its own rows it keeps them for ever. Not thread-safe: used under the writer's lock.
/// </summary>
internal sealed class TagValues(DbConnection connection)
{
    public const int MaxValues = 1_000;

    public const string Other = "_other";

    private readonly Dictionary<string, HashSet<(string Name, string Value)>> _known = new(StringComparer.Ordinal);

    /// <summary>Where a tag is summed. A new value is stored with the running transaction.</summary>
    public (string Name, string Value) Place(string tenant, string name, string value)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, tenant, out _);
        known ??= Load(tenant);
        if (known.Contains((name, value)))
        {
            return (name, value);
        }

        if (known.Count >= MaxValues)
        {
            return (Other, Other);
        }

        known.Add((name, value));
        connection.Execute(
            "INSERT INTO tag_values (tenant, name, value) VALUES (@tenant, @name, @value)",
            ("@tenant", tenant), ("@name", name), ("@value", value));
        return (name, value);
    }

    /// <summary>After a rollback: what was added in memory is not in the file.</summary>
    public void Forget() => _known.Clear();

    private HashSet<(string Name, string Value)> Load(string tenant)
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
