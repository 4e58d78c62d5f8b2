using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.LoadTests.Accounts;

/// <summary>One row of the ledger with what its own bytes say.</summary>
/// <param name="Hash">SHA-256 of the payload in hex.</param>
/// <param name="ColumnsAgree">Whether the row's columns are what the payload says.</param>
internal sealed record LedgerRow(UsageRecord Record, string Hash, bool ColumnsAgree)
{
    /// <summary>The client's name of the call; null for records of other making.</summary>
    public string? CallId { get; } = CallIdOf(Record);

    public static string? CallIdOf(UsageRecord record) => record.Tags.FirstOrDefault(t => t.Key == "call").Value;
}
