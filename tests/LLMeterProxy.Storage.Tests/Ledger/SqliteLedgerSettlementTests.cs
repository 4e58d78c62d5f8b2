namespace LLMeterProxy.Storage.Tests.Ledger;

public sealed class SqliteLedgerSettlementTests() : LedgerSettlementContract(() => new LedgerFile());
