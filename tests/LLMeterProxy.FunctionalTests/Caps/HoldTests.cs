using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LLMeterProxy.FunctionalTests.Refusals;

namespace LLMeterProxy.FunctionalTests.Caps;

/// <summary>What is held for a call while it runs, and how it is lowered to fit.</summary>
public sealed class HoldTests(RefusalNode fixture) : IClassFixture<RefusalNode>
{
    // gpt-4o-mini at its dearest reachable tier (priority), nano-USD a token, and what it can produce at most.
    private const long DearestInput = 250;
    private const long DearestOutput = 1000;
    private const long LargestOutput = 16_384;

    [Theory]
    [InlineData("\"max_tokens\":100", 100)]
    [InlineData("\"max_completion_tokens\":100", 100)]
    [InlineData("\"max_tokens\":999999999", LargestOutput)]
    [InlineData("\"temperature\":0.5", LargestOutput)]
    [InlineData("\"max_tokens\":100,\"n\":3", 300)]
    [Trait("Acceptance", "A5,A6,A7")]
    public async Task A_strict_hold_is_the_bytes_and_the_largest_output_at_the_dearest_rates(string member, long output)
    {
        var (tenant, key) = await fixture.Node.NewTenantAsync(new { window = "month", limitUsd = "5", strict = true });
        var body = $$"""{"model":"gpt-4o-mini",{{member}},"messages":[{"role":"user","content":"Hello"}]}""";
        using var running = await RunningCall.StartAsync(fixture, Calls.Post(Api.OpenAi, key, body));
        Assert.Equal((body.Length * DearestInput) + (output * DearestOutput), await HeldNanoAsync(tenant));
        await running.FinishAsync();
        Assert.Equal(0, await HeldNanoAsync(tenant));
    }

    [Fact]
    [Trait("Acceptance", "A5")]
    public async Task A_standard_hold_is_less_than_a_strict_one_and_never_the_whole_budget()
    {
        var (standard, standardKey) = await fixture.NewTenantAsync();
        var (strict, strictKey) = await fixture.Node.NewTenantAsync(new { window = "month", limitUsd = "5", strict = true });
        const string NoLimit = """{"model":"gpt-4.1-mini","messages":[{"role":"user","content":"Hello"}]}""";
        using var one = await RunningCall.StartAsync(fixture, Calls.Post(Api.OpenAi, standardKey, NoLimit), milliseconds: 4000);
        using var two = await RunningCall.StartAsync(fixture, Calls.Post(Api.OpenAi, strictKey, NoLimit));
        var held = await HeldNanoAsync(standard);
        Assert.InRange(held, 1, await HeldNanoAsync(strict) - 1);
        Assert.True(held < 5_000_000_000 / 100);
        await two.FinishAsync();
        await one.FinishAsync();
    }

    [Theory]
    [InlineData(Api.OpenAi, "16000")]
    [InlineData(Api.Anthropic, "16000")]
    [InlineData(Api.Gemini, "16000")]
    [Trait("Acceptance", "A8")]
    public async Task Clamping_lowers_the_output_limit_and_changes_no_other_byte(Api api, string asked)
    {
        var (tenant, key) = await fixture.Node.NewTenantAsync(new { window = "month", limitUsd = "0.001", whenShort = "clamp", strict = true });
        var body = Calls.Body(api, maxTokens: int.Parse(asked, CultureInfo.InvariantCulture)).Replace("\"messages\":", "\n  \"messages\" :", StringComparison.Ordinal);
        using var running = await RunningCall.StartAsync(fixture, Calls.Post(api, key, body));
        Assert.InRange(await HeldNanoAsync(tenant), 1, 1_000_000);
        await running.FinishAsync();
        var sent = Encoding.UTF8.GetString(fixture.Node.Simulator.Requests[^1].Body.Span);
        var lowered = LimitOf(api, sent);
        Assert.InRange(lowered, 1, 15_999);
        Assert.Equal(body.Replace(asked, lowered.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), sent);
    }

    [Fact]
    [Trait("Acceptance", "A8")]
    public async Task Clamping_adds_a_limit_where_the_client_named_none()
    {
        var (_, key) = await fixture.Node.NewTenantAsync(new { window = "month", limitUsd = "0.001", whenShort = "clamp", strict = true });
        const string Body = """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}""";
        using var answer = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key, Body));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var sent = JsonNode.Parse(fixture.Node.Simulator.Requests[^1].Body.Span)!.AsObject();
        var limit = sent.Single(m => m.Key is "max_tokens" or "max_completion_tokens");
        Assert.InRange((int)limit.Value!, 1, 1000);
        sent.Remove(limit.Key);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Body), sent));
    }

    [Fact]
    [Trait("Acceptance", "A8")]
    public async Task A_call_that_needs_no_clamp_is_untouched_and_rejecting_is_the_default()
    {
        var (_, clamping) = await fixture.Node.NewTenantAsync(new { window = "month", limitUsd = "1", whenShort = "clamp" });
        using var answer = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, clamping));
        Assert.Equal(Calls.Body(Api.OpenAi), Encoding.UTF8.GetString(fixture.Node.Simulator.Requests[^1].Body.Span));
        var (tenant, rejecting) = await fixture.NewTenantAsync("0.001");
        await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, rejecting, Calls.Body(Api.OpenAi, maxTokens: 16_000)), 400, "request_exceeds_budget", tenant);
    }

    private static int LimitOf(Api api, string body)
    {
        var json = JsonNode.Parse(body)!;
        return (int)(api == Api.Gemini ? json["generationConfig"]!["maxOutputTokens"]! : json["max_tokens"]!);
    }

    private async Task<long> HeldNanoAsync(string tenant)
    {
        var budget = await fixture.Node.BudgetAsync(tenant, "main");
        return (long)(decimal.Parse(budget.GetProperty("heldUsd").GetString()!, CultureInfo.InvariantCulture) * 1_000_000_000m);
    }
}
