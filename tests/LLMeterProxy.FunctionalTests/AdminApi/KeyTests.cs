using System.Text.Json.Nodes;
using LLMeterProxy.FunctionalTests.AdminApi.Fakes;

namespace LLMeterProxy.FunctionalTests.AdminApi;

public sealed class KeyTests
{
    private static async Task<AdminServer> StartWithTenantAsync()
    {
        var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("acme");
        return server;
    }

    [Fact]
    [Trait("Acceptance", "A76")]
    public async Task A_secret_is_shown_once_and_never_stored()
    {
        await using var server = await StartWithTenantAsync();
        var issued = await server.SendAsync("POST", "/api/v1/tenants/acme/keys", """{"name":"app","models":["gpt-*"],"operations":["chat"]}""");
        Assert.Equal(201, issued.Status);
        var secret = (string)issued["key"]!;
        var stored = server.Tenancy.Keys.Single();
        Assert.Equal(FakeHost.HashOf(secret), stored.Hash);
        Assert.Equal(secret[..12], (string?)issued["prefix"]);
        Assert.Equal("active", (string?)issued["status"]);

        foreach (var path in new[] { $"/api/v1/keys/{stored.Id}", "/api/v1/tenants/acme/keys", "/api/v1/audit" })
        {
            Assert.DoesNotContain(secret, (await server.SendAsync("GET", path)).Body!.ToJsonString(), StringComparison.Ordinal);
        }

        Assert.False(((JsonObject)(await server.SendAsync("GET", $"/api/v1/keys/{stored.Id}")).Body!).ContainsKey("key"));
    }

    [Theory]
    [Trait("Acceptance", "G43")]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":"a","budget":5}""", "budget")]
    [InlineData("""{"name":"a","models":[]}""", "models")]
    [InlineData("""{"name":"a","models":["*gpt"]}""", "models")]
    [InlineData("""{"name":"a","models":["gpt 4"]}""", "models")]
    [InlineData("""{"name":"a","models":[null]}""", "models")]
    [InlineData("""{"name":"a","models":"gpt-4o"}""", "models")]
    [InlineData("""{"name":"a","providers":["opnai"]}""", "providers")]
    [InlineData("""{"name":"a","providers":[]}""", "providers")]
    [InlineData("""{"name":"a","operations":["talk"]}""", "operations")]
    [InlineData("""{"name":"a","permissions":["admin"]}""", "permissions")]
    [InlineData("""{"name":"a","expiresAt":"soon"}""", "expiresAt")]
    [InlineData("""{"name":"a","expiresAt":"2026-11-24T12:00:00Z"}""", "expiresAt")]
    [InlineData("""{"name":"a","attribution":{"from":"header"}}""", "attribution")]
    [InlineData("""{"name":"a","permissions":["attribute:on_behalf"],"attribution":{"from":"cookie"}}""", "attribution.from")]
    [InlineData("""{"name":"a","permissions":["attribute:on_behalf"],"attribution":{"unknown":"ignore"}}""", "attribution.unknown")]
    [InlineData("""{"name":"a","permissions":["attribute:on_behalf"],"attribution":{"form":"user"}}""", "attribution.form")]
    public async Task What_does_not_fit_is_refused_by_its_name(string json, string field)
    {
        await using var server = await StartWithTenantAsync();
        var answer = await server.SendAsync("POST", "/api/v1/tenants/acme/keys", json);
        Assert.Equal(400, answer.Status);
        Assert.Equal([field], answer.ErrorFields);
        Assert.Empty(server.Tenancy.Keys);
    }

    [Fact]
    public async Task A_patch_keeps_what_it_does_not_name()
    {
        await using var server = await StartWithTenantAsync();
        var id = (string)(await server.SendAsync(
            "POST",
            "/api/v1/tenants/acme/keys",
            """{"name":"app","models":["gpt-*"],"permissions":["attribute:on_behalf"],"attribution":{"from":"user","unknown":"create"},"expiresAt":"2027-01-01T00:00:00Z"}"""))["id"]!;
        var changed = await server.SendAsync("PATCH", $"/api/v1/keys/{id}", """{"models":null,"limits":{"tokensPerMinute":0}}""", "\"1\"");
        Assert.Equal(200, changed.Status);
        Assert.Null(changed.Body!["models"]);
        Assert.Equal(0, (long)changed["limits"]["tokensPerMinute"]!);
        Assert.Equal("create", (string?)changed["attribution"]["unknown"]);
        Assert.Equal("2027-01-01T00:00:00+00:00", (string?)changed["expiresAt"]);
        Assert.Equal(412, (await server.SendAsync("PATCH", $"/api/v1/keys/{id}", """{"name":"b"}""", "\"1\"")).Status);
    }

    [Fact]
    public async Task An_expired_key_can_still_be_renamed()
    {
        await using var server = await StartWithTenantAsync();
        var id = (string)(await server.SendAsync("POST", "/api/v1/tenants/acme/keys", """{"name":"app","expiresAt":"2026-11-25T00:00:00Z"}"""))["id"]!;
        server.Time.Advance(TimeSpan.FromDays(2));
        var changed = await server.SendAsync("PATCH", $"/api/v1/keys/{id}", """{"name":"old app"}""");
        Assert.Equal(200, changed.Status);
        Assert.Equal("expired", (string?)changed["status"]);
    }

    [Fact]
    [Trait("Acceptance", "A81")]
    public async Task Rotation_keeps_the_id_and_honours_the_grace()
    {
        await using var server = await StartWithTenantAsync();
        var issued = await server.SendAsync("POST", "/api/v1/tenants/acme/keys", """{"name":"app"}""");
        var (id, first) = ((string)issued["id"]!, (string)issued["key"]!);

        var rotated = await server.SendAsync("POST", $"/api/v1/keys/{id}/rotate", """{"graceSeconds":60}""");
        var stored = server.Tenancy.Keys.Single();
        Assert.Equal(id, (string?)rotated["id"]);
        Assert.Equal(FakeHost.HashOf((string)rotated["key"]!), stored.Hash);
        Assert.Equal(FakeHost.HashOf(first), stored.PreviousHash);
        Assert.Equal(server.Time.GetUtcNow().AddSeconds(60), stored.PreviousValidUntil);

        var again = await server.SendAsync("POST", $"/api/v1/keys/{id}/rotate");
        Assert.Equal(200, again.Status);
        Assert.Null(server.Tenancy.Keys.Single().PreviousHash);
        Assert.Equal(["graceSeconds"], (await server.SendAsync("POST", $"/api/v1/keys/{id}/rotate", """{"graceSeconds":-1}""")).ErrorFields);
    }

    [Fact]
    public async Task Revoking_is_final_and_can_be_repeated()
    {
        await using var server = await StartWithTenantAsync();
        var id = (string)(await server.SendAsync("POST", "/api/v1/tenants/acme/keys", """{"name":"app"}"""))["id"]!;
        Assert.Equal(204, (await server.SendAsync("DELETE", $"/api/v1/keys/{id}")).Status);
        var revokedAt = server.Tenancy.Keys.Single().RevokedAt;
        server.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(204, (await server.SendAsync("DELETE", $"/api/v1/keys/{id}")).Status);
        Assert.Equal(revokedAt, server.Tenancy.Keys.Single().RevokedAt);
        Assert.Equal("key_revoked", (await server.SendAsync("POST", $"/api/v1/keys/{id}/rotate")).Code);
        Assert.Equal("key_revoked", (await server.SendAsync("PATCH", $"/api/v1/keys/{id}", """{"name":"b"}""")).Code);
        Assert.Equal("revoked", (string?)(await server.SendAsync("GET", "/api/v1/tenants/acme/keys"))["rows"][0]!["status"]);
    }

    [Fact]
    public async Task Keys_are_paged_newest_first()
    {
        await using var server = await StartWithTenantAsync();
        foreach (var name in new[] { "one", "two", "three" })
        {
            await server.SendAsync("POST", "/api/v1/tenants/acme/keys", $$"""{"name":"{{name}}"}""");
        }

        var first = await server.SendAsync("GET", "/api/v1/tenants/acme/keys?limit=2");
        var second = await server.SendAsync("GET", $"/api/v1/tenants/acme/keys?limit=2&cursor={first["next"]}");
        Assert.Equal(["three", "two"], first["rows"].AsArray().Select(k => (string?)k!["name"]));
        Assert.Equal(["one"], second["rows"].AsArray().Select(k => (string?)k!["name"]));
        Assert.Null(second.Body!["next"]);
    }
}
