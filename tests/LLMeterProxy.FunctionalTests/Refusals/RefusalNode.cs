using System.Text.Json;
using LLMeterProxy.FunctionalTests.Metrics;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Refusals;

/// <summary>A node for a class of refusal tests, with the one assertion that all of them share: a refused call leaves nothing behind.</summary>
public sealed class RefusalNode : IAsyncLifetime
{
    public const int MaxBodyBytes = 65_536;

    private string _witnessKey = "";

    public TestNode Node { get; private set; } = null!;

    /// <summary>Without any key.</summary>
    public HttpClient Http { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var standard = new TestNodeOptions();
        Node = await TestNode.StartAsync(standard with
        {
            // Nobody listens at port 1: a connection is refused at once.
            Providers = new Dictionary<string, string>(standard.Providers) { ["down"] = "openai" },
            Settings = new Dictionary<string, string>
            {
                ["LLMeter:Providers:down:BaseUrl"] = "http://127.0.0.1:1",
                ["LLMeter:Gateway:MaxBodyBytes"] = $"{MaxBodyBytes}",
            },
        });
        Http = new HttpClient { BaseAddress = new Uri(Node.GatewayUrl), Timeout = TimeSpan.FromSeconds(60) };
        (_, _witnessKey) = await Node.NewTenantAsync();
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await Node.DisposeAsync();
    }

    /// <summary>A tenant with a hard cap that is nowhere near.</summary>
    public Task<(string Tenant, string Key)> NewTenantAsync(string limitUsd = "5") => Node.NewTenantAsync(new { window = "month", limitUsd });

    /// <summary>
    /// Sends what must be refused, and asserts status and code, that the provider saw nothing, that nothing is held or
    /// recorded for the tenant, and that the refusal was counted once.
    /// </summary>
    /// <param name="tenant">Empty where the gateway cannot know whose call it was.</param>
    /// <param name="records">What the tenant has recorded before.</param>
    internal async Task<Refusal> RefusedAsync(
        Api api, HttpRequestMessage request, int status, string code, string tenant, int records = 0, bool heldByOthers = false)
    {
        var dispatches = Node.Simulator.Simulator.Dispatches;
        var counted = await CountedAsync(tenant, code);
        var response = await Http.SendAsync(request);
        var refusal = await Refusal.ReadAsync(api, response);
        Assert.True(code == refusal.Code, $"expected {code}, got {refusal.Body}");
        Assert.Equal(status, refusal.Status);
        Assert.Equal(dispatches, Node.Simulator.Simulator.Dispatches);
        Assert.Equal(counted + 1, await CountedAsync(tenant, code));
        if (tenant.Length > 0)
        {
            await AssertNothingLeftAsync(tenant, records, heldByOthers);
        }

        return refusal;
    }

    internal async Task AssertNothingLeftAsync(string tenant, int records, bool heldByOthers = false)
    {
        if (!heldByOthers)
        {
            var budgets = await Node.Admin.GetStringAsync($"/api/v1/tenants/{tenant}/budgets");
            using var json = JsonDocument.Parse(budgets);
            Assert.All(json.RootElement.EnumerateArray(), b => Assert.Equal("0", b.GetProperty("heldUsd").GetString()));
        }

        // The journal is shipped in order: once a later record of anybody is there, an earlier one would be, too.
        using var witness = await Http.SendAsync(Calls.WithKey(new HttpRequestMessage(HttpMethod.Get, "/openai/v1/models"), Api.OpenAi, _witnessKey));
        await Node.RecordOfAsync(witness);
        Assert.Equal(records, (await Node.RecordsAsync(tenant)).Count);
    }

    private async Task<double> CountedAsync(string tenant, string code) =>
        (await Scrape.OfAsync(Node)).Sum("llmeter_admission_refusals_total", ("tenant", tenant), ("reason", code));
}
