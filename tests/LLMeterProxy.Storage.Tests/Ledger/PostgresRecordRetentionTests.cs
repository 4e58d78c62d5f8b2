namespace LLMeterProxy.Storage.Tests.Ledger;

public sealed class PostgresRecordRetentionTests() : RecordRetentionContract(time => new LedgerInPostgres(time));
