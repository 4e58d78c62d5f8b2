using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Tests.Ledger;

namespace LLMeterProxy.Storage.Tests.Tenancy;

internal sealed class SqliteTenancyLedger(TimeProvider time) : ITenancyLedger
{
    private readonly LedgerFile _file = new(time);

    public SqlLedger Ledger => _file.Ledger;

    // One process a file; within it, stores share the one connection that writes.
    public SqlLedger OfAnotherNode() => _file.Ledger;

    public void Append(params IEnumerable<UsageRecord> records) => _file.Append(records);

    public void ExecuteAsStranger(string sql) => _file.ExecuteAsStranger(sql);

    public void Dispose() => _file.Dispose();
}
