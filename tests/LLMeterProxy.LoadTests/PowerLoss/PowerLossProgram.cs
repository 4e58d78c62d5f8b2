using LLMeterProxy.LoadTests.Processes;
using LLMeterProxy.Simulator.Scripting;

namespace LLMeterProxy.LoadTests.PowerLoss;

/// <summary>
/// Watches the system calls of a proxy under <c>Durability=PowerLoss</c>: no call's terminal bytes leave before the disk has its
/// record. The same look at <c>ProcessCrash</c>, which does not wait, must find calls out of order: else it could see nothing.
/// </summary>
internal static class PowerLossProgram
{
    public const string Usage = "powerloss --proxy LLMeterProxy.dll --directory DIR [--calls N] [--seed N]";

    private const int TailLength = 24;

    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(120);

    private static readonly CallShape[] _shapes =
    [
        CallShape.ChatStream, CallShape.Chat, CallShape.MessagesStream, CallShape.Messages,
        CallShape.ResponsesStream, CallShape.Responses, CallShape.GenerateStream, CallShape.Generate,
    ];

    /// <returns>0 where both checks passed, 1 where one failed, 2 for a wrong command line.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        string proxyDll;
        string directory;
        int calls;
        Random random;
        try
        {
            var given = new Arguments(args, "--proxy", "--directory", "--calls", "--seed");
            proxyDll = Path.GetFullPath(given.Required("--proxy"));
            directory = Path.GetFullPath(given.Required("--directory"));
            calls = given.Number("--calls", 16);
            random = new Random(given.Number("--seed", (int)(TimeProvider.System.GetTimestamp() & 0x7FFFFFFF)));
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\n{Usage}");
            return 2;
        }

        Directory.CreateDirectory(directory);
        using var simulator = await SimulatorProcess.StartAsync(proxyDll, directory);
        var waiting = await TraceAsync("PowerLoss", calls, proxyDll, directory, simulator.Url, random);
        var notWaiting = await TraceAsync("ProcessCrash", calls, proxyDll, directory, simulator.Url, random);
        return Check.Report(
        [
            new("PowerLoss: the record is synced before the terminal bytes", [.. waiting.OfType<string>()], $"{waiting.Count} calls"),
            new(
                "ProcessCrash: the same look finds calls that did not wait",
                notWaiting.Exists(v => v is not null) ? [] : ["every call was in order, so the check proves nothing"],
                $"{notWaiting.Count(v => v is not null)} of {notWaiting.Count} calls"),
        ]);
    }

    private static async Task<List<string?>> TraceAsync(string durability, int calls, string proxyDll, string directory, string simulatorUrl, Random random)
    {
        var own = Directory.CreateDirectory(Path.Combine(directory, durability)).FullName;
        var tracePath = Path.Combine(own, "trace");
        using var proxy = new ProxyProcess(
            proxyDll, own, simulatorUrl, Ports.Take(2, random), new Dictionary<string, string> { ["LLMeter:Durability"] = durability }, Trace.Command(tracePath));
        proxy.Start();
        await proxy.WaitReadyAsync(_startLimit);
        await proxy.SendAsync(HttpMethod.Post, "/api/v1/tenants", new { id = "acme" });
        var key = (await proxy.SendAsync(HttpMethod.Post, "/api/v1/tenants/acme/keys", new { name = "app" })).GetProperty("key").GetString()!;
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        var traced = new List<TracedCall>();
        for (var number = 0; number < calls; number++)
        {
            traced.Add(await CallAsync(client, proxy.GatewayUrl, key, number));
        }

        await proxy.StopAsync();
        return [.. new SyncOrder(Trace.Read(tracePath), proxy.GatewayPort, new Uri(simulatorUrl).Port).Judge(traced)];
    }

    private static async Task<TracedCall> CallAsync(HttpClient client, string gatewayUrl, string key, int number)
    {
        var shape = _shapes[number % _shapes.Length];
        var prompt = $"Count to five. {CallMarker.Of($"p{number}")} {ScenarioText.Directive("outputTokens=5,chunkDelayMs=2")}";
        using var request = shape.Request(gatewayUrl, key, prompt);
        using var response = await client.SendAsync(request);
        var body = await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        var name = $"{shape.Name} {number}";
        if (shape.Mark is null)
        {
            var tail = Trace.Quote(body[^TailLength..]);
            return new TracedCall(name, tail, tail);
        }

        // What has no terminal event ends with the last, empty chunk.
        return new TracedCall(name, shape.Mark, shape.EndsByMark ? shape.Mark : "\"0\\r\\n\\r\\n\"");
    }
}
