using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LLMeterProxy.FunctionalTests.Configuration;
using LLMeterProxy.FunctionalTests.Refusals;
using LLMeterProxy.Simulator.Scripting;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Repricing;

/// <summary>A node whose prices are in an override file, and what an operator does with both.</summary>
internal sealed class RepriceNode : IAsyncDisposable
{
    /// <summary>In the override file.</summary>
    public const string Model = "gpt-4o-mini";

    /// <summary>In no file, until a test puts it in.</summary>
    public const string UnknownModel = "in-house-1";

    private readonly TempDirectory _directory;

    private RepriceNode(TestNode node, TempDirectory directory) => (Node, _directory) = (node, directory);

    public TestNode Node { get; }

    private string PriceFile => _directory.File("prices.json");

    public static async Task<RepriceNode> StartAsync(string input, string output)
    {
        var directory = new TempDirectory();
        var file = directory.File("prices.json", Prices((Model, input, output)));
        var node = await TestNode.StartAsync(new TestNodeOptions
        {
            Settings = new Dictionary<string, string> { ["LLMeter:Prices:Override"] = file },
        });
        return new RepriceNode(node, directory);
    }

    /// <summary>Puts other prices in force: USD for a million tokens.</summary>
    public async Task ChangePricesAsync(params (string Model, string Input, string Output)[] prices)
    {
        await File.WriteAllTextAsync(PriceFile, Prices(prices));
        await Node.RestartAsync();
    }

    /// <summary>One call of 1,000 tokens in and 100 out.</summary>
    public async Task CallAsync(string key, string model = Model, Scenario? scenario = null)
    {
        Node.Simulator.Script((scenario ?? new Scenario()) with { InputTokens = 1_000, OutputTokens = 100 });
        using var client = Node.Client(key);
        try
        {
            using var answer = await client.SendAsync(Calls.Post(Api.OpenAi, null, Calls.Body(Api.OpenAi, model, maxTokens: 100)));
            Assert.True(scenario is not null || answer.StatusCode == HttpStatusCode.OK);
            await answer.Content.ReadAsByteArrayAsync();
        }
        catch (HttpRequestException) when (scenario is not null)
        {
            // The scenario cut the answer off.
        }
    }

    /// <summary>Reprices the last two days.</summary>
    public async Task<JsonElement> RepriceAsync(string? tenant = null, bool dryRun = false)
    {
        using var response = await SendAsync(tenant, dryRun);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        return JsonSerializer.Deserialize<JsonElement>(body);
    }

    public Task<HttpResponseMessage> SendAsync(string? tenant = null, bool dryRun = false)
    {
        var now = DateTimeOffset.UtcNow;
        return Node.Admin.PostAsJsonAsync("/api/v1/prices/reprice", new { from = now.AddDays(-1), to = now.AddDays(1), tenant, dryRun });
    }

    public async Task<JsonElement> UsageAsync(string tenant)
    {
        var usage = await Node.Admin.GetFromJsonAsync<JsonElement>($"/api/v1/usage?tenant={tenant}&groupBy=tenant");
        return usage.GetProperty("rows")[0];
    }

    /// <summary>Records of calls and adjustments, in this order.</summary>
    public async Task<(IReadOnlyList<JsonElement> Calls, IReadOnlyList<JsonElement> Adjustments)> RecordsAsync(string tenant, int calls, int adjustments)
    {
        var all = await Node.RecordsAsync(tenant, calls + adjustments);
        var isAdjustment = all.ToLookup(record => record.GetProperty("channel").GetString() == "adjustment");
        Assert.Equal((calls, adjustments), (isAdjustment[false].Count(), isAdjustment[true].Count()));
        return ([.. isAdjustment[false]], [.. isAdjustment[true]]);
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        _directory.Dispose();
    }

    private static string Prices(params (string Model, string Input, string Output)[] prices)
    {
        var models = prices.Select(price => $$$"""
            "{{{price.Model}}}":{"contextWindow":128000,"maxOutputTokens":16384,"prices":[{"effectiveFrom":"2020-01-01","source":"test","read":"2026-01-01",
            "perMillionTokens":{"input_token":"{{{price.Input}}}","output_token":"{{{price.Output}}}"}}]}
            """);
        return $$$"""{"form":1,"date":"2026-01-01","lists":{"openai":{"models":{ {{{string.Join(',', models)}}} } } } }""";
    }
}
