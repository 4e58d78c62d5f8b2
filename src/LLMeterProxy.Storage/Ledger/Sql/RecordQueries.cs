using System.Data.Common;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.Storage.Ledger.Sql;

/// <summary>Reads single records. An id begins with its instant, so every range of time is a range of ids.</summary>
internal sealed class RecordQueries(Func<ReadOnlyMemory<byte>, UsageRecord> decode)
{
    /// <summary>Every record of a time in ascending order of ids, one at a time.</summary>
    /// <param name="tenant">Null for all tenants.</param>
    /// <param name="from">UTC, inclusive.</param>
    /// <param name="to">UTC, exclusive.</param>
    public static IEnumerable<UsageRecord> Stream(
        DbConnection connection, Func<ReadOnlyMemory<byte>, UsageRecord> decode, string? tenant, DateTimeOffset from, DateTimeOffset to)
    {
        using var command = connection.Command(
            $"SELECT payload FROM records WHERE {OfTenant(tenant)} attempt_id >= @from AND attempt_id < @to ORDER BY attempt_id",
            ("@from", LedgerIds.LowestAt(from)), ("@to", LedgerIds.LowestAt(to)), ("@tenant", tenant));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return decode(reader.GetFieldValue<byte[]>(0));
        }
    }

    /// <exception cref="RefusedQueryException">The cursor is not one of ours.</exception>
    public Page<UsageRecord> Read(DbConnection connection, RecordQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, 1_000, nameof(query));
        var before = query.Cursor is null ? LedgerIds.LowestAt(query.To) : PageCursor.ReadId(query.Cursor);
        using var command = connection.Command(
            $"""
            SELECT payload FROM records WHERE {OfTenant(query.Tenant)} attempt_id >= @from AND attempt_id < @before
            ORDER BY attempt_id DESC LIMIT @limit
            """,
            ("@tenant", query.Tenant), ("@from", LedgerIds.LowestAt(query.From)), ("@before", before), ("@limit", query.Limit + 1));
        var records = ReadAll(command);
        if (records.Count <= query.Limit)
        {
            return new Page<UsageRecord>(records, Next: null);
        }

        records.RemoveAt(records.Count - 1);
        return new Page<UsageRecord>(records, PageCursor.Of(LedgerIds.ToBlob(records[^1].AttemptId)));
    }

    /// <inheritdoc cref="IUsageLedger.FindAsync"/>
    public IReadOnlyList<UsageRecord> Find(DbConnection connection, RequestId requestId)
    {
        var first = requestId.Parent;
        var last = requestId.Parent.Attempt(RequestId.MaxAttempt);
        using var attempts = connection.Command(
            "SELECT payload FROM records WHERE attempt_id BETWEEN @first AND @last ORDER BY attempt_id", ("@first", first), ("@last", last));
        using var corrections = connection.Command(
            "SELECT payload FROM records WHERE corrects BETWEEN @first AND @last ORDER BY seq", ("@first", first), ("@last", last));
        return [.. ReadAll(attempts), .. ReadAll(corrections)];
    }

    private static string OfTenant(string? tenant) => tenant is null ? "" : "tenant = @tenant AND";

    private List<UsageRecord> ReadAll(DbCommand command)
    {
        var records = new List<UsageRecord>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            records.Add(decode(reader.GetFieldValue<byte[]>(0)));
        }

        return records;
    }
}
