using System.Net.Http.Json;
using System.Text.Json;
using LLMeterProxy.FunctionalTests.Refusals;

namespace LLMeterProxy.FunctionalTests.Caps;

/// <summary>A budget over all tenants that is gone after the test.</summary>
internal sealed class GlobalBudget : IAsyncDisposable
{
    private readonly RefusalNode _fixture;

    private GlobalBudget(RefusalNode fixture) => _fixture = fixture;

    public static async Task<GlobalBudget> SetAsync(RefusalNode fixture, object budget)
    {
        (await fixture.Node.Admin.PutAsJsonAsync("/api/v1/budgets/all", budget)).EnsureSuccessStatusCode();
        return new GlobalBudget(fixture);
    }

    public Task<JsonElement> ReadAsync() => _fixture.Node.Admin.GetFromJsonAsync<JsonElement>("/api/v1/budgets/all");

    public async ValueTask DisposeAsync() => (await _fixture.Node.Admin.DeleteAsync("/api/v1/budgets/all")).EnsureSuccessStatusCode();
}
