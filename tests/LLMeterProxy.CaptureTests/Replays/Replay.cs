using LLMeterProxy.CaptureTests.Recordings;

namespace LLMeterProxy.CaptureTests.Replays;

/// <summary>One replay of one recording: how the upstream answers it, and what it saw of the call.</summary>
/// <param name="Token">Names the replay in a request header, so that the upstream knows what to answer.</param>
/// <param name="Pieces">The lengths in which the body is written.</param>
/// <param name="WithLength">The body has a Content-Length; otherwise it goes in HTTP chunks.</param>
internal sealed record Replay(string Token, Capture Capture, BodyWay Way, IReadOnlyList<int> Pieces, bool WithLength)
{
    private long _sent;
    private long _delivered;

    /// <summary>The body that the gateway sent upstream; null where the call never came.</summary>
    public byte[]? UpstreamRequest { get; set; }

    public bool ReachedUpstream => UpstreamRequest is not null;

    /// <summary>The client has all that the upstream has sent.</summary>
    public bool IsDelivered => Interlocked.Read(ref _delivered) >= Interlocked.Read(ref _sent);

    public void Sent(int bytes) => Interlocked.Add(ref _sent, bytes);

    public void Delivered(int bytes) => Interlocked.Add(ref _delivered, bytes);
}
