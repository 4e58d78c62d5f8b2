using Npgsql;
using NpgsqlTypes;

namespace LLMeterProxy.Storage.Ledger.Postgres;

/// <summary>
/// A statement over the columns of many rows, <c>@p0</c>, <c>@p1</c>, …: one array a column. The lists are used again from batch to
/// batch. Not thread-safe.
/// </summary>
internal sealed class UnnestCommand(string sql)
{
    private readonly List<NpgsqlParameter> _parameters = [];
    private readonly List<Action> _clear = [];

    /// <summary>Makes the next column.</summary>
    public List<T> Column<T>(NpgsqlDbType type)
    {
        var values = new List<T>();
        _parameters.Add(new NpgsqlParameter<List<T>>($"@p{_parameters.Count}", NpgsqlDbType.Array | type) { TypedValue = values });
        _clear.Add(values.Clear);
        return values;
    }

    /// <summary>For the next rows.</summary>
    public void Clear() => _clear.ForEach(clear => clear());

    /// <summary>The statement with its columns bound.</summary>
    public NpgsqlBatchCommand ToBatchCommand()
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in _parameters)
        {
            command.Parameters.Add(parameter.Clone());
        }

        return command;
    }

    /// <summary><c>unnest(@p0, @p1, …)</c> of a number of columns.</summary>
    public static string Unnest(int columns) => $"unnest({string.Join(", ", Enumerable.Range(0, columns).Select(i => $"@p{i}"))})";
}
