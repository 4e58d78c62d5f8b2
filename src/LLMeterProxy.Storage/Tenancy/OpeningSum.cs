using System.Data.Common;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Ledger.Sql;

namespace LLMeterProxy.Storage.Tenancy;

/// <summary>
/// What the ledger has spent in a window on the things that a budget counts (A63), by the same rules by which a call finds its
/// budgets. From rollups wherever they know the dimension; tags with models, and tags of all tenants, are read from records.
/// </summary>
internal sealed class OpeningSum(SqlLedger ledger)
{
    private readonly record struct Scope(string? Tenant, string? KeyId, string? TagName, string? TagValue);

    public NanoUsd Of(DbConnection connection, Budget budget, WindowBounds window)
    {
        if (ScopeOf(connection, budget) is not { } scope)
        {
            return NanoUsd.Zero;
        }

        var sum = scope switch
        {
            { TagName: null } => FromRollups(connection, budget, scope, window),
            { Tenant: { } tenant } when budget.Models is null && HasOwnRollups(connection, tenant, scope) => FromTagRollups(connection, tenant, scope, window),
            _ => FromRecords(connection, budget, scope, window),
        };
        return NanoUsd.Max(sum, NanoUsd.Zero);
    }

    /// <returns>Null where no call can ever count on the budget.</returns>
    private static Scope? ScopeOf(DbConnection connection, Budget budget)
    {
        var owner = budget.TenantId;
        switch (budget.Scope)
        {
            case BudgetScope.Global:
                return new Scope(owner, null, null, null);
            case BudgetScope.Tenant:
                return owner is null || string.Equals(owner, budget.ScopeId) ? new Scope(budget.ScopeId, null, null, null) : null;
            case BudgetScope.Key:
                // The owner of a shared key caps what the key spends for others, too; another tenant only what it spends for itself.
                var ownsKey = owner is null || string.Equals(TenancyRows.FindKey(connection, budget.ScopeId)?.TenantId, owner);
                return new Scope(ownsKey ? null : owner, budget.ScopeId, null, null);
            case BudgetScope.Tag:
                var equals = budget.ScopeId.IndexOf('=', StringComparison.Ordinal);
                return equals < 0 ? null : new Scope(owner, null, budget.ScopeId[..equals], budget.ScopeId[(equals + 1)..]);
            default:
                throw new ArgumentOutOfRangeException(nameof(budget), budget.Scope, "No such scope.");
        }
    }

    private static NanoUsd FromRollups(DbConnection connection, Budget budget, Scope scope, WindowBounds window)
    {
        var filter = (scope.Tenant is null ? "" : " AND tenant = @tenant") + (scope.KeyId is null ? "" : " AND key_id = @key");
        using var command = connection.Command(
            $"SELECT model, CAST(SUM(cost) AS BIGINT) FROM rollups WHERE bucket >= @from AND bucket < @to{filter} GROUP BY model",
            ("@from", RollupBucket.Of(window.Start)), ("@to", RollupBucket.AtOrAfter(window.End)), ("@tenant", scope.Tenant), ("@key", scope.KeyId));
        using var reader = command.ExecuteReader();
        var sum = NanoUsd.Zero;
        while (reader.Read())
        {
            if (Covers(budget, reader.GetString(0)))
            {
                sum += new NanoUsd(reader.GetInt64(1));
            }
        }

        return sum;
    }

    private static NanoUsd FromTagRollups(DbConnection connection, string tenant, Scope scope, WindowBounds window) => new(
        connection.Scalar(
            """
            SELECT CAST(SUM(cost) AS BIGINT) FROM tag_rollups
            WHERE tenant = @tenant AND bucket >= @from AND bucket < @to AND name = @name AND value = @value
            """,
            ("@tenant", tenant),
            ("@from", RollupBucket.Of(window.Start)),
            ("@to", RollupBucket.AtOrAfter(window.End)),
            ("@name", scope.TagName),
            ("@value", scope.TagValue)) as long? ?? 0);

    private NanoUsd FromRecords(DbConnection connection, Budget budget, Scope scope, WindowBounds window)
    {
        var sum = NanoUsd.Zero;
        foreach (var record in ledger.StreamRecords(connection, scope.Tenant, window.Start, window.End))
        {
            if (record.Cost is { } cost && Covers(budget, record.Model) && HasTag(record, scope))
            {
                sum += cost;
            }
        }

        return sum;
    }

    private static bool HasOwnRollups(DbConnection connection, string tenant, Scope scope) => connection.Scalar(
        "SELECT 1 FROM tag_values WHERE tenant = @tenant AND name = @name AND value = @value",
        ("@tenant", tenant), ("@name", scope.TagName), ("@value", scope.TagValue)) is not null;

    private static bool HasTag(UsageRecord record, Scope scope) =>
        record.Tags.Any(tag => string.Equals(tag.Key, scope.TagName) && string.Equals(tag.Value, scope.TagValue));

    private static bool Covers(Budget budget, string model) =>
        budget.Models is null || (model.Length > 0 && budget.Models.Any(pattern => pattern.EndsWith('*')
            ? model.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal)
            : string.Equals(pattern, model)));
}
