using System.Net;
using LLMeterProxy.Core.Money;
using LLMeterProxy.LoadTests.Accounts;
using LLMeterProxy.Simulator.Scripting;

namespace LLMeterProxy.LoadTests.Replicas;

/// <summary>
/// Many calls at once, over all nodes, against a strict cap that has room for exactly so many of them (A1 to A20, T101): the provider
/// answers none before all have been admitted or refused.
/// </summary>
internal sealed class ExactRun(ReplicaSet replicas, ReplicaOptions options, TimeProvider time)
{
    /// <summary>Begins the marker of these calls, so that the provider's bill tells them from the others.</summary>
    public const string Marker = "exact";

    private const string Probe = "exact-probe";
    private const string Capped = "exact-cap";

    // All callers have to be through admission by then, on a machine that runs everything at once.
    private const int AnswerAfterMs = 45_000;
    private const int ProbeAnswerAfterMs = 3_000;

    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(120);

    public async Task<IReadOnlyList<Check>> RunAsync()
    {
        var probeKey = await CreateAsync(Probe, "1000");
        var hold = await MeasureHoldAsync(probeKey);
        var limit = new NanoUsd(hold.Value * options.Room);
        var key = await CreateAsync(Capped, limit.ToUsdString());
        using var stop = new CancellationTokenSource();
        var caps = new CapWatch([.. replicas.Nodes.Select(n => n.Process)], [Capped], Capped);
        var watch = caps.RunAsync(stop.Token);
        var answers = await CallAllAsync(key);
        await stop.CancelAsync();
        await watch;
        var atRest = await WaitForNoHoldsAsync();
        return Judge(answers, caps, limit, atRest);
    }

    private static HttpRequestMessage Request(ReplicaNode node, string key, int answerAfterMs)
    {
        // Every request has the same number of bytes, and so the same hold.
        var prompt = $"Say in one line what this call is about. {CallMarker.Of(Marker)} {ScenarioText.Directive($"delayMs={answerAfterMs:D5},outputTokens=5")}";
        return CallShape.Chat.Request(node.Gate.GatewayUrl, key, prompt);
    }

    private List<Check> Judge(IReadOnlyList<(HttpStatusCode Status, TimeSpan After)> answers, CapWatch caps, NanoUsd limit, BudgetFigures atRest)
    {
        var admitted = answers.Count(a => a.Status == HttpStatusCode.OK);
        var refused = answers.Where(a => a.Status == HttpStatusCode.TooManyRequests).ToList();
        var others = answers.Count - admitted - refused.Count;
        var firstEnd = answers.Where(a => a.Status == HttpStatusCode.OK).Select(a => a.After).DefaultIfEmpty().Min();
        var lastRefusal = refused.Select(a => a.After).DefaultIfEmpty().Max();
        return
        [
            new(
                $"of {options.Callers} calls at once exactly {options.Room} are admitted (A1, T101)",
                admitted == options.Room && others == 0 ? [] : [$"{admitted} admitted, {refused.Count} refused for holds, {others} other answers"],
                $"limit {limit}, {caps.Samples} samples, up to {caps.Fullest:P1} taken"),
            new(
                "all were decided before the first was answered",
                lastRefusal < firstEnd ? [] : [$"the last refusal came after {lastRefusal}, the first answer after {firstEnd}"],
                $"{lastRefusal.TotalSeconds:F1} s"),
            new("spent + held never exceeds the limit at any poll", caps.Violations, $"{caps.Samples} samples"),
            new("no hold is left when it is quiet (I4)", atRest.Held == NanoUsd.Zero ? [] : [$"{atRest.Held} held"], $"{atRest.Spent} spent"),
        ];
    }

    private async Task<string> CreateAsync(string tenant, string limitUsd)
    {
        var admin = replicas.Nodes[0].Process;
        await admin.SendAsync(HttpMethod.Post, "/api/v1/tenants", new { id = tenant });
        await admin.SendAsync(HttpMethod.Put, $"/api/v1/tenants/{tenant}/budgets/main", new { window = "total", limitUsd, strict = true });
        var key = await admin.SendAsync(HttpMethod.Post, $"/api/v1/tenants/{tenant}/keys", new { name = "app" });
        await replicas.WaitKnownAsync($"/api/v1/tenants/{tenant}/budgets/main");
        return key.GetProperty("key").GetString()!;
    }

    private async Task<NanoUsd> MeasureHoldAsync(string key)
    {
        using var client = new HttpClient { Timeout = _limit };
        using var request = Request(replicas.Nodes[0], key, ProbeAnswerAfterMs);
        var call = client.SendAsync(request);
        var held = NanoUsd.Zero;
        while (held == NanoUsd.Zero && !call.IsCompleted)
        {
            await Task.Delay(_poll, time);
            held = (await FiguresAsync(Probe)).Held;
        }

        using var response = await call;
        return response.IsSuccessStatusCode && held > NanoUsd.Zero
            ? held
            : throw new InvalidOperationException($"The hold of a call could not be seen: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    private async Task<IReadOnlyList<(HttpStatusCode Status, TimeSpan After)>> CallAllAsync(string key)
    {
        using var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = _limit }) { Timeout = TimeSpan.FromMilliseconds(AnswerAfterMs) + _limit };
        var started = time.GetTimestamp();
        return await Task.WhenAll(Enumerable.Range(0, options.Callers).Select(async i =>
        {
            await Task.Yield();
            using var request = Request(replicas.Nodes[i % replicas.Nodes.Count], key, AnswerAfterMs);
            using var response = await client.SendAsync(request);
            await response.Content.ReadAsByteArrayAsync();
            return (response.StatusCode, time.GetElapsedTime(started));
        }));
    }

    private async Task<BudgetFigures> WaitForNoHoldsAsync()
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var figures = await FiguresAsync(Capped);
            if (figures.Held == NanoUsd.Zero || time.GetElapsedTime(started) > _limit)
            {
                return figures;
            }

            await Task.Delay(_poll, time);
        }
    }

    private async Task<BudgetFigures> FiguresAsync(string tenant) =>
        BudgetFigures.Of(await replicas.Nodes[^1].Process.GetAsync($"/api/v1/tenants/{tenant}/budgets/main"));
}
