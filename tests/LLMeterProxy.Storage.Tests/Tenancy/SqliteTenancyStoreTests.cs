namespace LLMeterProxy.Storage.Tests.Tenancy;

public sealed class SqliteTenancyStoreTests : TenancyStoreContract
{
    private protected override ITenancyLedger NewLedger(TimeProvider time) => new SqliteTenancyLedger(time);
}
