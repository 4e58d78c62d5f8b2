namespace LLMeterProxy.Core.Ledger;

/// <summary>How an attempt ended (design section 8, <c>outcome</c>).</summary>
public enum RequestOutcome
{
    Completed,
    UpstreamError,
    ClientAborted,

    /// <summary>The upstream ended the response before its terminal event.</summary>
    Truncated,
    Timeout,
}
