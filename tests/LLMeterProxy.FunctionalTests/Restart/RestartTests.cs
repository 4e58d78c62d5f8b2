using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LLMeterProxy.FunctionalTests.Refusals;
using LLMeterProxy.Simulator.Scripting;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Restart;

/// <summary>Stopping and starting on the same directory: nothing is lost, and the caps go on where they were.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private const string StreamBody = """{"model":"gpt-4o-mini","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"Hello"}]}""";

    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    [Trait("Acceptance", "A14,A15,A16,A17,I14")]
    public async Task Counters_budgets_keys_and_records_are_the_same_after_a_restart()
    {
        List<(string Tenant, string Key)> tenants = [];
        for (var t = 0; t < 3; t++)
        {
            var (tenant, key) = await _node.NewTenantAsync(new { window = "month", limitUsd = "1" });
            await _node.SetBudgetAsync(tenant, "daily", new { window = "day", limitUsd = "1", strict = true });
            await _node.SetBudgetAsync(tenant, "ever", new { window = "total", limitUsd = "1" });
            tenants.Add((tenant, key));
            for (var i = 0; i <= t; i++)
            {
                _node.Simulator.Script(new Scenario { OutputTokens = 100 + (17 * i) });
                await CallAsync(key, HttpStatusCode.OK);
            }
        }

        // Stopped at once: what the ledger does not have yet is in the journal's tail.
        var before = await SpentAsync(tenants.Select(t => t.Tenant));
        await _node.RestartAsync();
        Assert.Equal(before, await SpentAsync(tenants.Select(t => t.Tenant)));
        for (var t = 0; t < tenants.Count; t++)
        {
            var records = await _node.RecordsAsync(tenants[t].Tenant, t + 1);
            Assert.Equal(t + 1, records.Count);
            var sum = records.Sum(r => r.GetProperty("costNanoUsd").GetInt64());
            Assert.All(new[] { "main", "daily", "ever" }, name => Assert.Equal(sum / 1_000_000_000m, before[(tenants[t].Tenant, name)]));
            var usage = await _node.Admin.GetFromJsonAsync<JsonElement>($"/api/v1/usage?tenant={tenants[t].Tenant}&groupBy=tenant");
            Assert.Equal(sum / 1_000_000_000m, decimal.Parse(usage.GetProperty("rows")[0].GetProperty("costUsd").GetString()!, CultureInfo.InvariantCulture));
            await CallAsync(tenants[t].Key, HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_reached_cap_is_reached_after_a_restart_too()
    {
        var (tenant, key) = await _node.NewTenantAsync(new { window = "total", limitUsd = "0.002" });
        _node.Simulator.Script(new Scenario { OutputTokens = 10_000 });
        await CallAsync(key, HttpStatusCode.OK);
        await CallAsync(key, HttpStatusCode.PaymentRequired);
        for (var i = 0; i < 2; i++)
        {
            await _node.RestartAsync();
            await CallAsync(key, HttpStatusCode.PaymentRequired);
        }

        Assert.Single(await _node.RecordsAsync(tenant, 1));
    }

    [Fact]
    [Trait("Acceptance", "A28")]
    public async Task A_stream_that_ends_within_the_grace_ends_normally()
    {
        var (tenant, key) = await _node.NewTenantAsync(new { window = "month", limitUsd = "1" });
        _node.Simulator.Script(new Scenario { OutputTokens = 5, ChunkDelayMs = 60 });
        var (text, stopped) = await StreamThroughStopAsync(key);
        await stopped;
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        await _node.StartServerAsync();
        var record = Assert.Single(await _node.RecordsAsync(tenant, 1));
        Assert.Equal("completed", record.GetProperty("outcome").GetString());
        Assert.Equal("reported", record.GetProperty("source").GetString());
        Assert.Equal("0", (await _node.BudgetAsync(tenant, "main")).GetProperty("heldUsd").GetString());
    }

    [Fact]
    [Trait("Acceptance", "A28,A36")]
    public async Task A_stream_past_the_grace_gets_an_error_event_and_is_settled_at_what_was_delivered()
    {
        var (tenant, key) = await _node.NewTenantAsync(new { window = "month", limitUsd = "1" });
        _node.Simulator.Script(new Scenario { OutputTokens = 2000, ChunkDelayMs = 100 });
        var (text, stopped) = await StreamThroughStopAsync(key);
        await stopped;
        Assert.Contains("\"code\":\"upstream_stream_error\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        await _node.StartServerAsync();
        var record = Assert.Single(await _node.RecordsAsync(tenant, 1));
        Assert.Equal("truncated", record.GetProperty("outcome").GetString());
        Assert.True(record.GetProperty("costNanoUsd").GetInt64() > 0);
        var budget = await _node.BudgetAsync(tenant, "main");
        Assert.Equal(record.GetProperty("costUsd").GetString(), budget.GetProperty("spentUsd").GetString());
        Assert.Equal("0", budget.GetProperty("heldUsd").GetString());
    }

    /// <summary>Stops the node when the first event of a stream has arrived, and reads the rest meanwhile.</summary>
    private async Task<(string Text, Task Stopped)> StreamThroughStopAsync(string key)
    {
        using var client = _node.Client(key);
        using var answer = await client.SendAsync(Calls.Post(Api.OpenAi, null, StreamBody), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var text = new StringBuilder();
        var buffer = new byte[4096];
        Task? stopped = null;
        while (await stream.ReadAsync(buffer) is > 0 and var read)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            stopped ??= _node.StopServerAsync();
        }

        return (text.ToString(), stopped!);
    }

    private async Task CallAsync(string key, HttpStatusCode expected)
    {
        using var client = _node.Client(key);
        using var answer = await client.SendAsync(Calls.Post(Api.OpenAi, null));
        Assert.Equal(expected, answer.StatusCode);
    }

    private async Task<Dictionary<(string Tenant, string Budget), decimal>> SpentAsync(IEnumerable<string> tenants)
    {
        var spent = new Dictionary<(string, string), decimal>();
        foreach (var tenant in tenants)
        {
            var budgets = await _node.Admin.GetFromJsonAsync<JsonElement>($"/api/v1/tenants/{tenant}/budgets");
            foreach (var budget in budgets.EnumerateArray())
            {
                Assert.Equal("0", budget.GetProperty("heldUsd").GetString());
                spent[(tenant, budget.GetProperty("name").GetString()!)] = decimal.Parse(budget.GetProperty("spentUsd").GetString()!, CultureInfo.InvariantCulture);
            }
        }

        return spent;
    }
}
