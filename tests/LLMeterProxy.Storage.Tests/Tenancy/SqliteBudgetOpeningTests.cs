using LLMeterProxy.Storage.Tests.Ledger;

namespace LLMeterProxy.Storage.Tests.Tenancy;

public sealed class SqliteBudgetOpeningTests : BudgetOpeningContract
{
    private protected override TestLedger NewLedger(TimeProvider time) => new LedgerFile(time);
}
