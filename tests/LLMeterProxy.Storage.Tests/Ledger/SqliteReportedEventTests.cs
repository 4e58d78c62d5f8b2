namespace LLMeterProxy.Storage.Tests.Ledger;

public sealed class SqliteReportedEventTests() : ReportedEventContract(() => new LedgerFile());
