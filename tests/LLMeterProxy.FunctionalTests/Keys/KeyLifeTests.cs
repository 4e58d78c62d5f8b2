using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LLMeterProxy.FunctionalTests.Refusals;

namespace LLMeterProxy.FunctionalTests.Keys;

/// <summary>What an operator does to a key is what the next call meets.</summary>
public sealed class KeyLifeTests(RefusalNode fixture) : IClassFixture<RefusalNode>
{
    [Fact]
    [Trait("Acceptance", "A80,T85")]
    public async Task A_revoked_key_stops_within_two_seconds_while_it_is_in_use()
    {
        var (tenant, _) = await fixture.NewTenantAsync();
        var (id, key) = await fixture.Node.IssueKeyWithIdAsync(tenant);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(key));
        (await fixture.Node.Admin.DeleteAsync($"/api/v1/keys/{id}")).EnsureSuccessStatusCode();
        var clock = Stopwatch.StartNew();
        await Until.TrueAsync(async () => await CallAsync(key) == HttpStatusCode.Unauthorized);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(key));
        using var again = await fixture.Node.Admin.DeleteAsync($"/api/v1/keys/{id}");
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
    }

    [Fact]
    [Trait("Acceptance", "A80")]
    public async Task Disabling_a_tenant_stops_its_keys_and_enabling_it_brings_them_back()
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        Assert.Equal(HttpStatusCode.OK, await CallAsync(key));
        await PatchTenantAsync(tenant, "disabled");
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(key));
        await PatchTenantAsync(tenant, "active");
        Assert.Equal(HttpStatusCode.OK, await CallAsync(key));
    }

    [Fact]
    [Trait("Acceptance", "A81")]
    public async Task Rotating_without_grace_ends_the_old_secret_and_keeps_id_and_spend()
    {
        var (tenant, _) = await fixture.NewTenantAsync();
        var (id, old) = await fixture.Node.IssueKeyWithIdAsync(tenant);
        await fixture.Node.SetBudgetAsync(tenant, "of-key", new { scope = "key", scopeId = id, window = "month", limitUsd = "1" });
        Assert.Equal(HttpStatusCode.OK, await CallAsync(old));
        await fixture.Node.RecordsAsync(tenant, 1);
        var before = await SpentAsync(tenant);
        Assert.True(before > 0);

        var (rotatedId, fresh) = await RotateAsync(id, new { });
        Assert.Equal(id, rotatedId);
        Assert.NotEqual(old, fresh);
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(old));
        Assert.Equal(before, await SpentAsync(tenant));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(fresh));
        var records = await fixture.Node.RecordsAsync(tenant, 2);
        Assert.All(records, r => Assert.Equal(id, r.GetProperty("keyId").GetString()));
        Assert.Equal(2 * before, await SpentAsync(tenant));
    }

    [Fact]
    [Trait("Acceptance", "A81")]
    public async Task Rotating_with_grace_keeps_both_secrets_until_it_has_passed()
    {
        var (tenant, _) = await fixture.NewTenantAsync();
        var (id, old) = await fixture.Node.IssueKeyWithIdAsync(tenant);
        var (_, fresh) = await RotateAsync(id, new { graceSeconds = 3600 });
        Assert.Equal(HttpStatusCode.OK, await CallAsync(old));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(fresh));

        var (_, freshest) = await RotateAsync(id, new { graceSeconds = 1 });
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(old));
        await Until.TrueAsync(async () => await CallAsync(fresh) == HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(freshest));
    }

    [Fact]
    [Trait("Acceptance", "A81")]
    public async Task Revoking_a_key_in_grace_ends_both_its_secrets()
    {
        var (tenant, _) = await fixture.NewTenantAsync();
        var (id, old) = await fixture.Node.IssueKeyWithIdAsync(tenant);
        var (_, fresh) = await RotateAsync(id, new { graceSeconds = 3600 });
        (await fixture.Node.Admin.DeleteAsync($"/api/v1/keys/{id}")).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(old));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(fresh));
    }

    [Fact]
    public async Task Changing_what_a_key_may_call_holds_for_its_next_call()
    {
        var (tenant, _) = await fixture.NewTenantAsync();
        var (id, key) = await fixture.Node.IssueKeyWithIdAsync(tenant);
        Assert.Equal(HttpStatusCode.OK, await CallAsync(key));
        (await fixture.Node.Admin.PatchAsJsonAsync($"/api/v1/keys/{id}", new { models = new[] { "gpt-4o" } })).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(key));
        (await fixture.Node.Admin.PatchAsJsonAsync($"/api/v1/keys/{id}", new { models = (string[]?)null })).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.OK, await CallAsync(key));
    }

    private async Task<HttpStatusCode> CallAsync(string key)
    {
        using var answer = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key));
        return answer.StatusCode;
    }

    private async Task PatchTenantAsync(string tenant, string status) =>
        (await fixture.Node.Admin.PatchAsJsonAsync($"/api/v1/tenants/{tenant}", new { status })).EnsureSuccessStatusCode();

    private async Task<(string Id, string Secret)> RotateAsync(string id, object body)
    {
        using var response = await fixture.Node.Admin.PostAsJsonAsync($"/api/v1/keys/{id}/rotate", body);
        response.EnsureSuccessStatusCode();
        var json = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (json.GetProperty("id").GetString()!, json.GetProperty("key").GetString()!);
    }

    private async Task<decimal> SpentAsync(string tenant) =>
        decimal.Parse((await fixture.Node.BudgetAsync(tenant, "of-key")).GetProperty("spentUsd").GetString()!, CultureInfo.InvariantCulture);
}
