namespace LLMeterProxy.Core.Ledger;

/// <summary>The journal cannot take entries; new metered calls are refused with 503 until it can.</summary>
public sealed class JournalUnavailableException : Exception
{
    public JournalUnavailableException()
    {
    }

    public JournalUnavailableException(string message)
        : base(message)
    {
    }

    public JournalUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
