namespace LLMeterProxy.Core.Ledger;

/// <summary>A query that the ledger does not answer, by the fault of whoever asked: a foreign cursor, or too long a time.</summary>
public sealed class RefusedQueryException : ArgumentException
{
    /// <param name="field">What has to change, as the admin API names it.</param>
    /// <param name="reason">What is wrong with it and what would be answered.</param>
    public RefusedQueryException(string field, string reason, Exception? innerException = null)
        : base($"{field}: {reason}", innerException) => (Field, Reason) = (field, reason);

    public string Field { get; }

    public string Reason { get; }
}
