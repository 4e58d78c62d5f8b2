using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Storage.Tests.Journal;

/// <summary>As much of a ledger as recovery asks for.</summary>
internal sealed class RecoveryLedger(double? meanOutput = null) : IUsageLedger
{
    public List<(string Tenant, string Model)> Asked { get; } = [];

    /// <summary>What is in the ledger already.</summary>
    public List<UsageRecord> Records { get; } = [];

    public int Flushes { get; private set; }

    public Task<double?> ReadMeanOutputTokensAsync(string tenant, string model, CancellationToken cancellationToken)
    {
        Asked.Add((tenant, model));
        return Task.FromResult(meanOutput);
    }

    public Task FlushAsync(CancellationToken cancellationToken)
    {
        Flushes++;
        return Task.CompletedTask;
    }

    public Task<Page<UsageRow>> QueryUsageAsync(UsageQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Page<UsageRecord>> ReadRecordsAsync(RecordQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<UsageRecord>> FindAsync(RequestId requestId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<UsageRecord>>(Records.FindAll(r => r.AttemptId.Parent == requestId.Parent));

    public Task<NanoUsd> ReadBudgetSpendAsync(BudgetWindowKey key, CancellationToken cancellationToken) => throw new NotSupportedException();
}
