using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Tests.Ledger;

namespace LLMeterProxy.Storage.Tests.Budgets.Coordination;

public sealed class PostgresReplicaRegistryTests : ReplicaRegistryContract, IDisposable
{
    private readonly LedgerInPostgres _ledger = new();

    protected override ILedgerStore Ledger => _ledger.Ledger;

    public void Dispose() => _ledger.Dispose();
}
