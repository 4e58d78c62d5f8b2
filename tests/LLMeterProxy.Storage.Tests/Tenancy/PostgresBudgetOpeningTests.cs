using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Tests.Ledger;

namespace LLMeterProxy.Storage.Tests.Tenancy;

public sealed class PostgresBudgetOpeningTests : BudgetOpeningContract
{
    private protected override TestLedger NewLedger(TimeProvider time) => new LedgerInPostgres(time);

    private protected override SqlLedger OfAnotherNode(TestLedger ledger) => ((LedgerInPostgres)ledger).Open();
}
