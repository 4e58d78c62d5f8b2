namespace LLMeterProxy.Storage.Tests.Ledger;

public sealed class PostgresReportedEventTests() : ReportedEventContract(() => new LedgerInPostgres());
