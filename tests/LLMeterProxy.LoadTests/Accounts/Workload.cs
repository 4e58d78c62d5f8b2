using System.Collections.Concurrent;
using System.Text;
using LLMeterProxy.Simulator.Scripting;

namespace LLMeterProxy.LoadTests.Accounts;

/// <summary>
/// Clients that call without pause while a node is open and note what they saw. Which calls they make follows from the seed;
/// which of them a kill hits does not.
/// </summary>
internal sealed class Workload(IReadOnlyList<NodeGate> nodes, IReadOnlyDictionary<string, string[]> keys, int seed, TimeProvider time) : IDisposable
{
    private const int MaxBodyBytes = 1024 * 1024;

    private static readonly TimeSpan _callLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _pauseAfterRefusal = TimeSpan.FromMilliseconds(100);
    private static readonly string[] _faults = ["status=429", "status=500", "cutAtByte=180", "errorEventMidStream"];

    private readonly ConcurrentQueue<ObservedCall> _calls = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxResponseDrainSize = 0, ConnectTimeout = TimeSpan.FromSeconds(10) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private int _number;

    public IReadOnlyCollection<ObservedCall> Calls => _calls;

    /// <summary>Calls from so many clients until the token fires; returns when the last call has ended.</summary>
    public Task RunAsync(int clients, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(i => Task.Run(() => RunClientAsync(i, stop))));

    public void Dispose() => _client.Dispose();

    private async Task RunClientAsync(int client, CancellationToken stop)
    {
        var tenant = Tenants.All[client % Tenants.All.Count];
        for (var turn = client; !stop.IsCancellationRequested; turn++)
        {
            if (await FindOpenAsync(turn, stop) is not { } node)
            {
                return;
            }

            var call = await CallAsync(node, tenant);
            if (call.Status is 402 or 429 or 503 or 529 or 0)
            {
                await Task.Delay(_pauseAfterRefusal, CancellationToken.None);
            }
        }
    }

    /// <returns>Null where the load ends while no node is open.</returns>
    private async Task<NodeGate?> FindOpenAsync(int turn, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            for (var i = 0; i < nodes.Count; i++)
            {
                if (nodes[(turn + i) % nodes.Count] is { IsOpen: true } node)
                {
                    return node;
                }
            }

            try
            {
                await Task.WhenAny(nodes.Select(n => n.Opened)).WaitAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }

        return null;
    }

    private async Task<ObservedCall> CallAsync(NodeGate node, string tenant)
    {
        var number = Interlocked.Increment(ref _number);
        var random = new Random(unchecked((seed * 486_187_739) + number));
        var shape = CallShape.All[random.Next(CallShape.All.Count)];
        var call = new ObservedCall($"c{number:D7}", node.Name, tenant, shape, time.GetUtcNow());
        _calls.Enqueue(call);

        var script = $"delayMs={random.Next(0, 60)},chunkDelayMs={random.Next(1, 20)},outputTokens={random.Next(1, 40)}";
        if (random.Next(20) == 0)
        {
            call.Scripted = true;
            script += "," + _faults[random.Next(_faults.Length)];
        }

        using var leave = new CancellationTokenSource(_callLimit);
        if (random.Next(10) == 0)
        {
            call.Left = true;
            leave.CancelAfter(random.Next(1, 250));
        }

        var prompt = $"Say in one line what this call is about. {CallMarker.Of(call.Id)} {ScenarioText.Directive(script)}";
        using var request = shape.Request(node.GatewayUrl, keys[tenant][random.Next(2)], prompt);
        request.Headers.TryAddWithoutValidation("x-llmeter-tags", $"call={call.Id},team={"ab"[random.Next(2)]}");
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leave.Token);
            node.WasAnswered();
            call.Status = (int)response.StatusCode;
            call.RequestId = response.Headers.TryGetValues("x-llmeter-request-id", out var ids) ? ids.First() : null;
            await ReadAsync(call, response, leave.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // The kill, or the client's own leaving: what the client had seen by then is noted.
        }

        call.EndedAt = time.GetUtcNow();
        return call;
    }

    /// <summary>A node that cannot ask for the cap right now refuses with these words in every dialect, and the client comes again.</summary>
    private static bool IsOutage(ObservedCall call, MemoryStream body) =>
        call.IsUnverified = call.Status is 503 or 529 && body.GetBuffer().AsSpan(0, (int)body.Length).IndexOf("The budget cannot be verified"u8) >= 0;

    private async Task ReadAsync(ObservedCall call, HttpResponseMessage response, CancellationToken leave)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(leave);
        var body = new MemoryStream();
        var buffer = new byte[8192];
        var mark = call.Shape.Mark is { } text ? Encoding.UTF8.GetBytes(text) : null;
        var marked = mark is null;
        while (true)
        {
            var read = await stream.ReadAsync(buffer, leave);
            if (read == 0)
            {
                break;
            }

            var searchFrom = Math.Max(0, (int)body.Length - (mark?.Length ?? 0));
            body.Write(buffer, 0, read);
            if (body.Length > MaxBodyBytes)
            {
                throw new IOException("The body is larger than any that was scripted.");
            }

            if (!marked && body.GetBuffer().AsSpan(searchFrom, (int)body.Length - searchFrom).IndexOf(mark) >= 0)
            {
                marked = true;
                if (call.Shape.EndsByMark && call.Status == 200)
                {
                    call.CompleteAt = time.GetUtcNow();
                }
            }
        }

        if (call.Status == 200 && marked)
        {
            call.CompleteAt ??= time.GetUtcNow();
        }
        else if (call.Status is not (200 or 402 or 429) && !call.Scripted && !IsOutage(call, body))
        {
            call.Surprise = $"{call.Status} {Encoding.UTF8.GetString(body.GetBuffer().AsSpan(0, (int)Math.Min(body.Length, 300)))}";
        }
    }
}
