using System.Collections.Concurrent;
using System.Net.Sockets;
using LLMeterProxy.CaptureTests.Recordings;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.CaptureTests.Replays;

/// <summary>A provider on the loopback interface that answers each call with the recording that the call names.</summary>
internal sealed class ReplayingUpstream : IAsyncDisposable
{
    /// <summary>The request header that names the replay; the node forwards it.</summary>
    public const string TokenHeader = "x-replay";

    private const int YieldsForDelivery = 200;
    private const int MillisecondsForDelivery = 5;

    private static readonly string[] _framing = ["transfer-encoding", "content-encoding", "content-length", "connection", "keep-alive", "date"];

    private readonly ScriptedUpstream _upstream = ScriptedUpstream.Start();
    private readonly ConcurrentDictionary<string, Replay> _replays = new(StringComparer.Ordinal);
    private volatile bool _stopping;

    public ReplayingUpstream() => _ = ServeAsync();

    public string BaseUrl => _upstream.BaseUrl;

    public void Expect(Replay replay) => _replays[replay.Token] = replay;

    public ValueTask DisposeAsync()
    {
        _stopping = true;
        return _upstream.DisposeAsync();
    }

    private async Task ServeAsync()
    {
        while (!_stopping)
        {
            try
            {
                _ = AnswerAsync(await _upstream.NextAsync());
            }
            catch (TimeoutException)
            {
                // No call for a while.
            }
        }
    }

    private async Task AnswerAsync(UpstreamExchange exchange)
    {
        if (exchange.Request.Header(TokenHeader) is not { } token || !_replays.TryGetValue(token, out var replay))
        {
            await exchange.AnswerAsync(500, "No such replay.");
            return;
        }

        try
        {
            replay.UpstreamRequest = exchange.Request.Body.ToArray();
            await exchange.SendHeadAsync(replay.Capture.Status, Head(replay));
            await SendBodyAsync(exchange, replay);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The gateway closed the connection; what the client got will show it.
        }
    }

    private static async Task SendBodyAsync(UpstreamExchange exchange, Replay replay)
    {
        ReadOnlyMemory<byte> rest = replay.Capture.Body;
        var isPassing = true;
        foreach (var length in replay.Pieces)
        {
            replay.Sent(length);
            if (replay.WithLength)
                await exchange.SendAsync(rest[..length]);
            else if (length > 0)
                await exchange.SendChunkAsync(rest[..length]);
            rest = rest[length..];
            if (replay.Pieces.Count > 1)
                isPassing = await IsDeliveredAsync(replay, isPassing);
        }

        if (!replay.WithLength)
            await exchange.EndChunksAsync();
    }

    /// <summary>
    /// Gives the gateway time to read a piece before the next, so that they are not read as one. What the gateway holds back
    /// (an incomplete event, the end of a body) is waited for once.
    /// </summary>
    private static async Task<bool> IsDeliveredAsync(Replay replay, bool isPassing)
    {
        for (var i = 0; i < YieldsForDelivery && !replay.IsDelivered; i++)
            await Task.Yield();
        for (var i = 0; i < MillisecondsForDelivery && isPassing && !replay.IsDelivered; i++)
            await Task.Delay(1);
        return replay.IsDelivered;
    }

    private static IEnumerable<string> Head(Replay replay)
    {
        var capture = replay.Capture;
        foreach (var (name, value) in capture.ResponseHeaders)
        {
            if (!_framing.Contains(name) && name != "content-type")
                yield return $"{name}: {value}";
        }

        yield return $"content-type: {ContentTypeOf(capture)}";
        yield return replay.WithLength ? $"content-length: {capture.Body.Length}" : "transfer-encoding: chunked";
    }

    /// <summary>As recorded; where it was not, by the form of the body.</summary>
    public static string ContentTypeOf(Capture capture) =>
        capture.ResponseHeaders.FirstOrDefault(h => h.Key == "content-type").Value is { } recorded && !recorded.Contains("REDACTED", StringComparison.Ordinal)
            ? recorded
            : capture.BodyFormat switch
            {
                "sse" => "text/event-stream",
                "ndjson" => "application/x-ndjson",
                "jsonl" => "application/x-jsonl",
                "eventstream" => "application/vnd.amazon.eventstream",
                "json" or "json-array" => "application/json",
                _ => "application/octet-stream",
            };
}
