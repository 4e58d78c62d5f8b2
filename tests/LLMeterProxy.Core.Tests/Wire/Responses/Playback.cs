using System.Text;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>Plays the gateway's part: shows a body to a collector in reads, releases, drops and commits as it is told.</summary>
internal sealed class Playback
{
    private readonly List<byte> _pending = [];
    private readonly List<byte> _client = [];
    private readonly IUsageCollector _collector;

    private Playback(IUsageCollector collector)
    {
        _collector = collector;
    }

    /// <summary>What the client had before the record was committed.</summary>
    public string BeforeCommit { get; private set; } = "";

    public string Client => Encoding.UTF8.GetString([.. _client]);

    public byte[] ClientBytes => [.. _client];

    public UsageReport Report => _collector.Report();

    /// <summary>Committed by an Observe; false where only the end of the body committed.</summary>
    public bool CommittedEarly { get; private set; }

    public int LargestPending { get; private set; }

    public int LargestBuffer { get; private set; }

    private bool Committed { get; set; }

    public static Playback Of(IUsageCollector collector, ReadOnlySpan<byte> body, params int[] cuts)
    {
        var playback = new Playback(collector);
        var at = 0;
        foreach (var cut in cuts)
        {
            playback.Show(body[at..cut]);
            at = cut;
        }

        playback.Show(body[at..]);
        playback.Finish();
        return playback;
    }

    public static Playback ByteByByte(IUsageCollector collector, ReadOnlySpan<byte> body)
    {
        var playback = new Playback(collector);
        for (var i = 0; i < body.Length; i++)
        {
            playback.Show(body.Slice(i, 1));
        }

        playback.Finish();
        return playback;
    }

    public static Playback Begin(IUsageCollector collector) => new(collector);

    public void Show(ReadOnlySpan<byte> bytes)
    {
        _pending.AddRange(bytes);
        Apply(_collector.Observe(bytes));
        CommittedEarly |= Committed;
        LargestPending = Math.Max(LargestPending, _pending.Count);
        LargestBuffer = Math.Max(LargestBuffer, ((ResponseCollector)_collector).BufferedBytes);
    }

    public void Finish()
    {
        Apply(_collector.Finish());
        Assert.True(Committed, "nothing ever committed");
        Assert.Empty(_pending);
    }

    private void Apply(ChunkVerdict verdict)
    {
        Assert.InRange(verdict.Release, 0, _pending.Count);
        Assert.InRange(verdict.DropLength, 0, verdict.Release);
        Assert.InRange(verdict.DropStart, 0, verdict.Release - verdict.DropLength);
        _client.AddRange(_pending[..verdict.DropStart]);
        _client.AddRange(_pending[(verdict.DropStart + verdict.DropLength)..verdict.Release]);
        _pending.RemoveRange(0, verdict.Release);
        if (!verdict.Commit)
        {
            return;
        }

        Assert.False(Committed, "committed twice");
        Committed = true;
        BeforeCommit = Client;
        _client.AddRange(_pending);
        _pending.Clear();
    }
}
