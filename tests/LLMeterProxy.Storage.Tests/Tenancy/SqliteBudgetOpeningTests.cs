namespace LLMeterProxy.Storage.Tests.Tenancy;

public sealed class SqliteBudgetOpeningTests : BudgetOpeningContract
{
    private protected override ITenancyLedger NewLedger(TimeProvider time) => new SqliteTenancyLedger(time);
}
