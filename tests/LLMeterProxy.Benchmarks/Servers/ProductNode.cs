using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace LLMeterProxy.Benchmarks.Servers;

/// <summary>The product as it is shipped, with a tenant under a hard cap: metering, caps and ledger are on.</summary>
internal sealed class ProductNode : IDisposable
{
    private const string Tenant = "bench";
    private const string Token = "benchmark-admin-token-0123456789abcdef";
    private const string Pepper = "benchmark-pepper-0123456789abcdef0123";

    private static readonly TimeSpan _ledgerDeadline = TimeSpan.FromSeconds(30);

    private readonly HttpClient _admin;
    private readonly DirectoryInfo _directory;
    private readonly ServerProcess _process;
    private readonly Uri _gateway;
    private readonly string _key;
    private readonly bool _hasCap;
    private long _requestsExpected;

    private ProductNode(ServerProcess process, HttpClient admin, DirectoryInfo directory, Uri gateway, string key, bool hasCap) =>
        (_process, _admin, _directory, _gateway, _key, _hasCap) = (process, admin, directory, gateway, key, hasCap);

    public static async Task<ProductNode> StartAsync(string assembly, NodeSetUp setUp, Uri upstream, string dataRoot)
    {
        var directory = Directory.CreateDirectory(Path.Combine(dataRoot, $"llmeter-bench-{Environment.ProcessId}-{setUp.Name}"));
        var prices = Path.Combine(directory.FullName, "prices.json");
        await File.WriteAllTextAsync(prices, Workload.PriceFile);
        var (gateway, control) = (ServerProcess.FreePort(), ServerProcess.FreePort());
        var process = await ServerProcess.StartAsync(
            assembly,
            [
                $"--LLMeter:Listen:Gateway=http://127.0.0.1:{gateway}",
                $"--LLMeter:Listen:Control=http://127.0.0.1:{control}",
                $"--LLMeter:DataDirectory={directory.FullName}",
                $"--LLMeter:Admin:Token={Token}",
                $"--LLMeter:Pepper={Pepper}",
                .. setUp.Arguments,
                $"--LLMeter:Prices:Override={prices}",
                $"--LLMeter:Providers:openai:BaseUrl={upstream.GetLeftPart(UriPartial.Authority)}",
                "--LLMeter:Providers:openai:ApiKeys:0=sk-upstream",
                $"--LLMeter:Providers:anthropic:BaseUrl={upstream.GetLeftPart(UriPartial.Authority)}",
                "--LLMeter:Providers:anthropic:ApiKeys:0=sk-upstream",
            ],
            control);
        var admin = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{control}") };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var tenant = await admin.PostAsJsonAsync("/api/v1/tenants", new { id = Tenant });
        tenant.EnsureSuccessStatusCode();
        if (setUp.HasCap)
        {
            using var budget = await admin.PutAsJsonAsync(
                $"/api/v1/tenants/{Tenant}/budgets/main", new { scope = "tenant", window = "month", limitUsd = "1000000" });
            budget.EnsureSuccessStatusCode();
        }

        using var key = await admin.PostAsJsonAsync($"/api/v1/tenants/{Tenant}/keys", new { name = "bench" });
        key.EnsureSuccessStatusCode();
        var secret = (await key.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
        return new ProductNode(process, admin, directory, new Uri($"http://127.0.0.1:{gateway}"), secret, setUp.HasCap);
    }

    /// <summary>Calls with everything on.</summary>
    public Target OfMeteredCalls(string name) => new(name, new Uri(_gateway, "/openai/v1"), _key, _process, this);

    /// <summary>Calls of a free operation with the same body: identified, inspected and forwarded, and neither held nor metered.</summary>
    public Target OfFreeCalls(string name) => new(name, new Uri(_gateway, "/anthropic"), _key, _process, null, "/v1/messages/count_tokens");

    /// <summary>Waits until the ledger has every request, and compares the sums to the last nano-dollar.</summary>
    /// <exception cref="InvalidDataException">A record is missing or too many, or the money differs: the run has no result.</exception>
    public async Task VerifyAsync(int requests)
    {
        _requestsExpected += requests;
        var expected = _requestsExpected * Workload.CostNanoUsd;
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var usage = await _admin.GetFromJsonAsync<JsonElement>($"/api/v1/usage?tenant={Tenant}");
            var row = usage.GetProperty("rows").EnumerateArray().SingleOrDefault();
            var recorded = row.ValueKind == JsonValueKind.Undefined ? 0 : row.GetProperty("requests").GetInt64();
            if (recorded >= _requestsExpected || TimeProvider.System.GetElapsedTime(started) > _ledgerDeadline)
            {
                var cost = row.ValueKind == JsonValueKind.Undefined ? 0 : NanoUsd(row, "costUsd");
                Check("records in the ledger", recorded, _requestsExpected);
                Check("nano-USD in the ledger", cost, expected);
                break;
            }

            await Task.Delay(100);
        }

        if (!_hasCap)
        {
            return;
        }

        var budgets = await _admin.GetFromJsonAsync<JsonElement>($"/api/v1/tenants/{Tenant}/budgets");
        var main = budgets.EnumerateArray().Single(b => b.GetProperty("name").GetString() == "main");
        while (NanoUsd(main, "heldUsd") > 0 && TimeProvider.System.GetElapsedTime(started) < _ledgerDeadline)
        {
            // Settlements reach a shared store a few milliseconds after the answer.
            await Task.Delay(20);
            budgets = await _admin.GetFromJsonAsync<JsonElement>($"/api/v1/tenants/{Tenant}/budgets");
            main = budgets.EnumerateArray().Single(b => b.GetProperty("name").GetString() == "main");
        }

        Check("nano-USD spent of the cap", NanoUsd(main, "spentUsd"), expected);
        Check("nano-USD held", NanoUsd(main, "heldUsd"), 0);
    }

    public void Dispose()
    {
        _admin.Dispose();
        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    private static long NanoUsd(JsonElement row, string name) =>
        (long)(decimal.Parse(row.GetProperty(name).GetString()!, CultureInfo.InvariantCulture) * 1_000_000_000m);

    private static void Check(string what, long found, long expected)
    {
        if (found != expected)
        {
            throw new InvalidDataException($"{what}: {found}, expected {expected}. The run has no result.");
        }
    }
}
