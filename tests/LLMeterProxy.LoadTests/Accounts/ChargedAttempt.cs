using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;

namespace LLMeterProxy.LoadTests.Accounts;

/// <summary>One attempt as the ledger has it in the end.</summary>
/// <param name="Record">What is known of it: its own record, also where an estimate had been stored before that came.</param>
/// <param name="Cost">What all its rows together charge: the first one and its corrections. Null where the first has none.</param>
internal sealed record ChargedAttempt(UsageRecord Record, NanoUsd? Cost, bool IsCorrected)
{
    /// <summary>The client's name of the call; null for records of other making.</summary>
    public string? CallId { get; } = LedgerRow.CallIdOf(Record);

    /// <summary>Nobody saw how it ended, and it is charged by what was held for it.</summary>
    public bool IsOrphan => Record.Reason is "crash" or "orphaned";
}
