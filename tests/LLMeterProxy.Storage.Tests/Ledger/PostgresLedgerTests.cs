namespace LLMeterProxy.Storage.Tests.Ledger;

public sealed class PostgresLedgerTests() : LedgerContract(time => new LedgerInPostgres(time));
