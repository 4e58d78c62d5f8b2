namespace LLMeterProxy.Storage.Tests.Ledger;

public sealed class PostgresUsageQueryTests() : UsageQueryContract(() => new LedgerInPostgres());
