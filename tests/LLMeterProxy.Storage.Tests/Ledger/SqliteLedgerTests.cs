namespace LLMeterProxy.Storage.Tests.Ledger;

public sealed class SqliteLedgerTests() : LedgerContract(time => new LedgerFile(time));
