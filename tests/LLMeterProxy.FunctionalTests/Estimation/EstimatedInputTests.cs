using System.Globalization;
using System.Text.Json;
using LLMeterProxy.FunctionalTests.Passthrough;
using LLMeterProxy.FunctionalTests.Refusals;
using LLMeterProxy.Simulator.Scripting;
using LLMeterProxy.TestKit;
using Calls = LLMeterProxy.FunctionalTests.Refusals.Calls;

namespace LLMeterProxy.FunctionalTests.Estimation;

/// <summary>A server that says nothing of its usage: what the request holds is charged, and the record says that it is an estimate.</summary>
public sealed class EstimatedInputTests : IAsyncLifetime
{
    // A PNG's header and nothing after it: 1024 x 1024.
    private const string Picture = "iVBORw0KGgoAAAANSUhEUgAABAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";

    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    // OpenAI's guide to images: 85 + 4 x 170 tokens of gpt-4o. The words are two, their frame seven.
    [Fact]
    [Trait("Acceptance", "G13")]
    public async Task A_picture_is_charged_by_its_size_and_not_by_its_bytes()
    {
        const string Content = """[{"type":"text","text":"hello world"},{"type":"image_url","image_url":{"url":"data:image/png;base64,PICTURE"}}]""";
        var record = await CallAsync("gpt-4o", Content.Replace("PICTURE", Picture, StringComparison.Ordinal));

        Assert.Equal(("estimated", "no_usage"), (record.GetProperty("source").GetString(), record.GetProperty("reason").GetString()));
        Assert.Equal((9 + 765, 765), (Usage(record, "inputTokens"), Usage(record, "imageInputTokens")));
        Assert.True(record.GetProperty("costNanoUsd").GetInt64() > 0);
    }

    [Fact]
    public async Task Words_are_charged_by_their_tokens()
    {
        var record = await CallAsync("gpt-4o", "\"hello world\"");
        Assert.Equal(9, Usage(record, "inputTokens"));
    }

    private async Task<JsonElement> CallAsync(string model, string content)
    {
        var (tenant, key) = await _node.NewTenantAsync(new { window = "month", limitUsd = "10" });
        _node.Simulator.Script(new Scenario { NoUsage = true });
        using var client = _node.Client(key);
        var body = string.Create(CultureInfo.InvariantCulture, $$"""{"model":"{{model}}","max_tokens":16,"messages":[{"role":"user","content":{{content}}}]}""");
        using var answer = await client.SendAsync(Calls.Post(Api.OpenAi, null, body));
        await answer.Content.ReadAsByteArrayAsync();
        return await Ledgers.OnlyRecordAsync(_node, tenant);
    }

    private static long Usage(JsonElement record, string name) => record.GetProperty("usage").GetProperty(name).GetInt64();
}
