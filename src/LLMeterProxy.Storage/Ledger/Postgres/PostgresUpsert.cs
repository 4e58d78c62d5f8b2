using LLMeterProxy.Storage.Ledger.Sql;
using Npgsql;
using NpgsqlTypes;

namespace LLMeterProxy.Storage.Ledger.Postgres;

/// <summary>Adds sums to many rows of a table in one statement. The rows come sorted by key, so that every node locks them in one order.</summary>
internal sealed class PostgresUpsert
{
    private readonly UnnestCommand _command;
    private readonly List<string>[] _texts;
    private readonly List<long>[] _numbers;
    private readonly List<long>[] _sums;

    public PostgresUpsert(string table, RollupColumns columns)
    {
        _command = new UnnestCommand(columns.Upsert(table, $"SELECT * FROM {UnnestCommand.Unnest(columns.All.Count)}"));
        _texts = columns.Texts.Select(_ => _command.Column<string>(NpgsqlDbType.Text)).ToArray();
        _numbers = columns.Numbers.Select(_ => _command.Column<long>(NpgsqlDbType.Bigint)).ToArray();
        _sums = UsageSums.Columns.Select(_ => _command.Column<long>(NpgsqlDbType.Bigint)).ToArray();
    }

    public void Clear() => _command.Clear();

    public void Add(UsageSums sums, ReadOnlySpan<string> texts, ReadOnlySpan<long> numbers)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            _texts[i].Add(texts[i]);
        }

        for (var i = 0; i < numbers.Length; i++)
        {
            _numbers[i].Add(numbers[i]);
        }

        for (var i = 0; i < _sums.Length; i++)
        {
            _sums[i].Add(sums[i]);
        }
    }

    /// <summary>Puts the statement in line, unless there are no rows.</summary>
    public void AddTo(NpgsqlBatch batch)
    {
        if (_sums[0].Count > 0)
        {
            batch.BatchCommands.Add(_command.ToBatchCommand());
        }
    }
}
