namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>The key columns of a table of sums, in the order in which they are bound: texts first, then numbers.</summary>
internal sealed record RollupColumns(IReadOnlyList<string> Texts, IReadOnlyList<string> Numbers)
{
    public static readonly RollupColumns Rollup = new(["tenant", "key_id", "provider", "model", "operation", "channel", "source"], ["bucket"]);

    public static readonly RollupColumns Coarse = new(["tenant", "provider", "model", "operation"], ["quarters", "bucket"]);

    public static readonly RollupColumns Tag = new(["tenant", "name", "value"], ["bucket"]);

    public IReadOnlyList<string> Key { get; } = [.. Texts, .. Numbers];

    /// <summary>Key, then <see cref="UsageSums.Columns"/>.</summary>
    public IReadOnlyList<string> All { get; } = [.. Texts, .. Numbers, .. UsageSums.Columns];

    /// <summary>The statement that adds sums to the row of a key, or makes it.</summary>
    /// <param name="source">What yields <see cref="All"/>: values or a query.</param>
    public string Upsert(string table, string source) =>
        $"""
        INSERT INTO {table} ({string.Join(", ", All)}) {source}
        ON CONFLICT ({string.Join(", ", Key)}) DO UPDATE SET {string.Join(", ", UsageSums.Columns.Select(c => $"{c} = {table}.{c} + excluded.{c}"))}
        """;
}
