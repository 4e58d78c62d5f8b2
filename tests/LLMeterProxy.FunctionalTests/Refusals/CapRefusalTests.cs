using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using LLMeterProxy.FunctionalTests.Caps;
using LLMeterProxy.Simulator.Scripting;

namespace LLMeterProxy.FunctionalTests.Refusals;

/// <summary>The three refusals of a cap, their figures and what they tell a client to do.</summary>
public sealed partial class CapRefusalTests(RefusalNode fixture) : IClassFixture<RefusalNode>
{
    public static TheoryData<Api> Apis => [Api.OpenAi, Api.Anthropic, Api.Gemini];

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task A_call_larger_than_the_whole_cap_is_400_and_names_the_output_that_would_fit(Api api)
    {
        var (tenant, key) = await fixture.NewTenantAsync("0.001");
        var refusal = await fixture.RefusedAsync(api, Calls.Post(api, key, Calls.Body(api, maxTokens: 16_000)), 400, "request_exceeds_budget", tenant);
        if (api == Api.OpenAi)
        {
            Assert.Equal("max_tokens", refusal.Param);
        }

        var fits = int.Parse(Figure().Match(refusal.Message).Groups["tokens"].Value, CultureInfo.InvariantCulture);
        await fixture.RefusedAsync(api, Calls.Post(api, key, Calls.Body(api, maxTokens: fits + 1)), 400, "request_exceeds_budget", tenant);
        using var answer = await fixture.Http.SendAsync(Calls.Post(api, key, Calls.Body(api, maxTokens: fits)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    [Trait("Acceptance", "A16")]
    public async Task An_exhausted_cap_is_402_with_the_figures_of_the_admin_api_and_the_reset(Api api)
    {
        // One call spends most of the cap; the next could cost more than the rest, and less than the whole.
        var (tenant, key) = await fixture.NewTenantAsync("0.05");
        var outputPrice = api switch { Api.OpenAi => 0.6m, Api.Anthropic => 5m, _ => 2.5m } / 1_000_000;
        fixture.Node.Simulator.Script(new Scenario { OutputTokens = (int)(0.042m / outputPrice) });
        using var spend = await fixture.Http.SendAsync(Calls.Post(api, key));
        Assert.Equal(HttpStatusCode.OK, spend.StatusCode);
        await fixture.Node.RecordOfAsync(spend);
        var budget = await fixture.Node.BudgetAsync(tenant, "main");
        var next = Calls.Post(api, key, Calls.Body(api, maxTokens: api == Api.OpenAi ? 16_000 : 5_000));
        var refusal = await fixture.RefusedAsync(api, next, 402, "project_spend_limit_exceeded", tenant, records: 1);
        Assert.Equal(api switch { Api.OpenAi => "insufficient_quota", Api.Anthropic => "billing_error", _ => "RESOURCE_EXHAUSTED" }, refusal.Type);
        Assert.Contains(budget.GetProperty("spentUsd").GetString()!, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("0.05 USD", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(budget.GetProperty("resetsAt").GetDateTimeOffset(), DateTimeOffset.Parse(refusal.Header("x-llmeter-resets-at")!, CultureInfo.InvariantCulture));
        Assert.Null(refusal.Header("Retry-After"));
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task A_cap_filled_by_calls_in_flight_is_429_and_worth_a_retry(Api api)
    {
        var (tenant, key) = await fixture.NewTenantAsync("0.01");
        using var running = await RunningCall.StartAsync(fixture, Calls.Post(Api.OpenAi, key, Calls.Body(Api.OpenAi, maxTokens: 16_000)));
        var refusal = await fixture.RefusedAsync(
            api, Calls.Post(api, key, Calls.Body(api, maxTokens: api == Api.Anthropic ? 1_000 : api == Api.Gemini ? 2_000 : 5_000)), 429, "in_flight_budget_exhausted", tenant, heldByOthers: true);
        Assert.InRange(int.Parse(refusal.Header("Retry-After")!, CultureInfo.InvariantCulture), 1, 30);
        await running.FinishAsync();
        using var next = await fixture.Http.SendAsync(Calls.Post(api, key));
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    [Trait("Acceptance", "A57")]
    public async Task A_limit_of_zero_allows_nothing_that_costs_and_all_that_is_free()
    {
        var (tenant, key) = await fixture.NewTenantAsync("0");
        var refusal = await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, key), 400, "request_exceeds_budget", tenant);
        Assert.Contains("nothing is allowed", refusal.Message, StringComparison.Ordinal);
        using var models = await fixture.Http.SendAsync(Calls.WithKey(new HttpRequestMessage(HttpMethod.Get, "/openai/v1/models"), Api.OpenAi, key));
        Assert.Equal(HttpStatusCode.OK, models.StatusCode);
    }

    [Theory]
    [InlineData("\"previous_response_id\":\"resp_1\"")]
    [InlineData("\"tools\":[{\"type\":\"web_search\"}]")]
    public async Task A_strict_cap_refuses_what_cannot_be_bounded(string member)
    {
        var (tenant, key) = await fixture.Node.NewTenantAsync(new { window = "month", limitUsd = "5", strict = true });
        var body = $$"""{"model":"gpt-4o-mini","input":"Hello",{{member}}}""";
        await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, key, body, "/openai/v1/responses"), 403, "feature_not_allowed", tenant);
    }

    [Fact]
    [Trait("Acceptance", "A70")]
    public async Task A_global_cap_is_named_without_the_spend_of_others()
    {
        await using var global = await GlobalBudget.SetAsync(fixture, new { window = "month", limitUsd = "0.000001" });
        var (tenant, key) = await fixture.NewTenantAsync();
        var refusal = await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, key), 400, "request_exceeds_budget", tenant);
        Assert.Contains("overall spend limit", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0.000001", refusal.Message, StringComparison.Ordinal);
    }

    [GeneratedRegex("would fit is (?<tokens>\\d+) tokens", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Figure();
}
