using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Tests.Ledger;

namespace LLMeterProxy.Storage.Tests.Budgets.Coordination;

public sealed class SqliteReplicaRegistryTests : ReplicaRegistryContract, IDisposable
{
    private readonly LedgerFile _file = new();

    protected override ILedgerStore Ledger => _file.Ledger;

    public void Dispose() => _file.Dispose();
}
