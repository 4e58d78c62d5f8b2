using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Gateway.Forward;

/// <summary>One dispatch of a call to an upstream. Ends in exactly one of a record, or a void entry where nothing was sent.</summary>
public sealed class Attempt(RequestId id, DateTimeOffset dispatchedAt, long dispatchedTimestamp)
{
    public RequestId Id { get; } = id;

    /// <summary>UTC; decides the price that applies.</summary>
    public DateTimeOffset DispatchedAt { get; } = dispatchedAt;

    public long DispatchedTimestamp { get; } = dispatchedTimestamp;

    /// <summary>The upstream's HTTP status; 0 until headers arrived.</summary>
    public int Status { get; set; }

    /// <summary>Set with a 2xx of a metered route.</summary>
    public IUsageCollector? Collector { get; set; }

    /// <summary>The collector threw, and was detached: what it had read by then is not trusted (T30).</summary>
    public bool CollectorFailed { get; set; }

    /// <summary>The timestamp of the first body byte; 0 before it.</summary>
    public long FirstByteTimestamp { get; set; }

    /// <summary>Body bytes that came from the upstream.</summary>
    public long ReceivedBytes { get; set; }

    /// <summary>It is certain that nothing was sent (DNS, connect or TLS failed).</summary>
    public bool NothingSent { get; set; }

    /// <summary>The response is an event stream, so that E-MID can be appended.</summary>
    public bool IsEventStream { get; set; }

    /// <summary>The response is a stream of JSON lines: one that ends too early can only be aborted.</summary>
    public bool IsLineStream { get; set; }

    /// <summary>The upstream ended the body before its terminal event.</summary>
    public bool EndedEarly { get; set; }

    /// <summary>The upstream fell silent inside the body for longer than it may.</summary>
    public bool TimedOut { get; set; }

    /// <summary>A record or a void entry was journalled.</summary>
    public bool Resolved { get; set; }
}
