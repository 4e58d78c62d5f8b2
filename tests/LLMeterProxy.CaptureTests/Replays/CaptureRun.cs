using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using LLMeterProxy.CaptureTests.Comparison;
using LLMeterProxy.CaptureTests.Recordings;
using LLMeterProxy.CaptureTests.Results;

namespace LLMeterProxy.CaptureTests.Replays;

/// <summary>Replays recordings through a whole node, each in every way, and compares what came of it.</summary>
internal sealed class CaptureRun(CaptureNode node, ReplayingUpstream upstream, RunOptions options)
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    public static async Task<IReadOnlyList<CaptureResult>> RunAsync(IReadOnlyList<Capture> captures, RunOptions options)
    {
        await using var upstream = new ReplayingUpstream();
        await using var node = await CaptureNode.StartAsync(captures, upstream);
        var run = new CaptureRun(node, upstream, options);
        var results = new ConcurrentBag<CaptureResult>();
        await Parallel.ForAsync(0, captures.Count, new ParallelOptions { MaxDegreeOfParallelism = options.Parallel }, async (index, _) =>
            results.Add(await run.OneAsync(captures[index])));
        return [.. results.OrderBy(result => result.Capture.Id, StringComparer.Ordinal)];
    }

    private async Task<CaptureResult> OneAsync(Capture capture)
    {
        var kind = ProviderKinds.KindOf(capture);
        if (!ProviderKinds.IsKnown(kind))
            return CaptureResult.UnknownKind(capture, kind);

        var calls = new List<CallResult>();
        var differences = new List<Difference>();
        foreach (var (way, round) in Ways())
        {
            var call = await CallAsync(Plan(capture, way, round));
            calls.Add(call);
            if (RefusalCode.ByDesign(call) is { } code)
                return CaptureResult.Refused(capture, code, calls);
            differences.AddRange(CallComparison.Of(call));

            // What is wrong in one piece is wrong in many: one report of it is enough.
            if (way == BodyWay.Whole && differences.Count > 0)
                break;
        }

        return CaptureResult.Compared(capture, differences, calls);
    }

    private IEnumerable<(BodyWay Way, int Round)> Ways() =>
        [(BodyWay.Whole, 0), .. Enumerable.Range(1, options.Rounds).Select(round => (BodyWay.Random, round)), (BodyWay.Bytes, 0)];

    private Replay Plan(Capture capture, BodyWay way, int round)
    {
        // Not the hash of the runtime, which differs from run to run.
        var random = new Random(capture.Id.Aggregate(options.Seed, (hash, c) => unchecked((hash * 31) + c)) + round);
        var pieces = Pieces.Cut(capture.Body.Length, way, random);
        var withLength = !capture.IsStream && (way != BodyWay.Random || round % 2 == 0);
        return new Replay($"{capture.Id}#{way}{round}", capture, way, pieces, withLength);
    }

    private async Task<CallResult> CallAsync(Replay replay)
    {
        upstream.Expect(replay);
        using var request = new HttpRequestMessage(replay.Capture.Method, RequestPath.Of(replay.Capture, node.Key)) { Content = RequestContent.Of(replay.Capture) };
        request.Headers.TryAddWithoutValidation(ReplayingUpstream.TokenHeader, replay.Token);
        if (replay.Capture.Status == (int)HttpStatusCode.SwitchingProtocols)
        {
            request.Headers.Connection.Add("Upgrade");
            request.Headers.Upgrade.ParseAdd("websocket");
        }

        var sent = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync();
        using var limit = new CancellationTokenSource(_patience);
        var body = new MemoryStream();
        var reads = 0;
        HttpResponseMessage? response = null;
        try
        {
            response = await node.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            reads = await ReadAsync(response, replay, body, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return await ResultAsync(e.InnerException?.Message ?? e.Message);
        }
        finally
        {
            response?.Dispose();
        }

        return await ResultAsync(error: null);

        async Task<CallResult> ResultAsync(string? error) => new(
            replay,
            response is null ? 0 : (int)response.StatusCode,
            response?.Content.Headers.ContentType?.ToString(),
            body.ToArray(),
            reads,
            sent,
            error,
            await RecordAsync(replay, response));
    }

    private static async Task<int> ReadAsync(HttpResponseMessage response, Replay replay, MemoryStream body, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[64 * 1024];
        var reads = 0;
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0; reads++)
        {
            body.Write(buffer, 0, read);
            replay.Delivered(read);
        }

        return reads;
    }

    private async Task<JsonElement> RecordAsync(Replay replay, HttpResponseMessage? response)
    {
        if (!replay.ReachedUpstream || response is null || !response.Headers.TryGetValues("x-llmeter-request-id", out var ids))
            return default;
        try
        {
            return await node.RecordAsync(ids.Single());
        }
        catch (TimeoutException)
        {
            return default;
        }
    }
}
