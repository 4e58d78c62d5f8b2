namespace LLMeterProxy.Storage.Tests.Ledger;

public sealed class PostgresLedgerSettlementTests() : LedgerSettlementContract(() => new LedgerInPostgres());
