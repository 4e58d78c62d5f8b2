namespace LLMeterProxy.Storage.Tests.Ledger;

public sealed class SqliteUsageQueryTests() : UsageQueryContract(() => new LedgerFile());
