using System.Globalization;
using System.Net;
using LLMeterProxy.FunctionalTests.Refusals;
using LLMeterProxy.Simulator.Scripting;

namespace LLMeterProxy.FunctionalTests.Caps;

/// <summary>A hard cap under a storm: check and hold are one step, whatever the threads do (A1, I5).</summary>
public sealed class ConcurrentCapTests(RefusalNode fixture) : IClassFixture<RefusalNode>
{
    private const string Body = """{"model":"text-embedding-3-small","input":"The quick brown fox jumps over the lazy dog."}""";

    // Embeddings have one price, and the strict hold takes a token a byte: 20 nano-USD each.
    private static readonly decimal _hold = Body.Length * 0.00000002m;

    [Fact]
    [Trait("Acceptance", "A1")]
    public async Task Four_hundred_calls_against_room_for_k_admit_exactly_k()
    {
        const int Storm = 400;
        const int Room = 37;
        var limit = (_hold * Room) + (_hold / 2);
        var (tenant, key) = await fixture.Node.NewTenantAsync(new { window = "month", limitUsd = Usd(limit), strict = true });

        // Every call costs what was held for it, so that settling opens no room: k is exact however the calls interleave.
        fixture.Node.Simulator.Script(new Scenario { DelayMs = 200, InputTokens = Body.Length }, times: Room);
        var worst = 0m;
        using var done = new CancellationTokenSource();
        var watcher = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                var budget = await fixture.Node.BudgetAsync(tenant, "main");
                worst = Math.Max(worst, Money(budget, "spentUsd") + Money(budget, "heldUsd"));
            }
        });
        var statuses = await Task.WhenAll(Enumerable.Range(0, Storm).Select(async _ =>
        {
            using var answer = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key, Body, "/openai/v1/embeddings"));
            return answer.StatusCode;
        }));
        await done.CancelAsync();
        await watcher;

        Assert.Equal(Room, statuses.Count(s => s == HttpStatusCode.OK));
        Assert.All(statuses, s => Assert.Contains(s, new[] { HttpStatusCode.OK, HttpStatusCode.PaymentRequired, HttpStatusCode.TooManyRequests }));
        Assert.InRange(worst, 0m, limit);
        var after = await fixture.Node.BudgetAsync(tenant, "main");
        Assert.Equal(_hold * Room, Money(after, "spentUsd"));
        Assert.Equal(0m, Money(after, "heldUsd"));
        Assert.Equal(Room, (await fixture.Node.RecordsAsync(tenant, Room)).Count);
    }

    [Fact]
    [Trait("Acceptance", "A2")]
    public async Task The_first_calls_of_several_keys_at_once_are_bound_by_the_tenants_one_cap()
    {
        const int Room = 5;
        var (tenant, _) = await fixture.Node.NewTenantAsync(new { window = "day", limitUsd = Usd(_hold * Room), strict = true });
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => fixture.Node.IssueKeyAsync(tenant)));
        fixture.Node.Simulator.Script(new Scenario { InputTokens = Body.Length }, times: Room);
        var statuses = await Task.WhenAll(keys.Concat(keys).Concat(keys).Select(async key =>
        {
            using var answer = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key, Body, "/openai/v1/embeddings"));
            return answer.StatusCode;
        }));
        Assert.Equal(Room, statuses.Count(s => s == HttpStatusCode.OK));
    }

    private static string Usd(decimal amount) => amount.ToString("0.#########", CultureInfo.InvariantCulture);

    private static decimal Money(System.Text.Json.JsonElement budget, string name) =>
        decimal.Parse(budget.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
