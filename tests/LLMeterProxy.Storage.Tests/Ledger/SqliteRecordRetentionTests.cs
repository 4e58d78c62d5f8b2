namespace LLMeterProxy.Storage.Tests.Ledger;

public sealed class SqliteRecordRetentionTests() : RecordRetentionContract(time => new LedgerFile(time));
