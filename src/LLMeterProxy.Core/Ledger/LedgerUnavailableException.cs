namespace LLMeterProxy.Core.Ledger;

/// <summary>
/// The ledger's database cannot be reached, or cannot read or write for now (restart, failover, full disk). Nothing is lost by it:
/// the journal keeps every record until the ledger has it. Trying again is right.
/// </summary>
public sealed class LedgerUnavailableException : Exception
{
    public LedgerUnavailableException()
    {
    }

    public LedgerUnavailableException(string message)
        : base(message)
    {
    }

    public LedgerUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
