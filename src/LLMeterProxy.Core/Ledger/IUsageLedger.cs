using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Ledger;

/// <summary>The reporting side of the ledger: what the admin API, the CLI and the rebuild read. Never on the request path.</summary>
public interface IUsageLedger
{
    /// <exception cref="RefusedQueryException">The cursor is not of this query, or the time is too long to be read.</exception>
    Task<Page<UsageRow>> QueryUsageAsync(UsageQuery query, CancellationToken cancellationToken);

    /// <exception cref="RefusedQueryException">The cursor is none of ours.</exception>
    Task<Page<UsageRecord>> ReadRecordsAsync(RecordQuery query, CancellationToken cancellationToken);

    /// <summary>Every attempt of a call in the order of attempts, then the corrections that name one of them.</summary>
    Task<IReadOnlyList<UsageRecord>> FindAsync(RequestId requestId, CancellationToken cancellationToken);

    /// <summary>What the ledger has spent on a counter.</summary>
    Task<NanoUsd> ReadBudgetSpendAsync(BudgetWindowKey key, CancellationToken cancellationToken);

    /// <summary>Mean output tokens per metered call of a tenant and model over the last 31 days; null without any.</summary>
    Task<double?> ReadMeanOutputTokensAsync(string tenant, string model, CancellationToken cancellationToken);

    /// <summary>Returns when all that was journalled before the call is in the ledger.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}
