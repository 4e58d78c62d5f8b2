namespace LLMeterProxy.FunctionalTests.AdminApi;

public sealed class TenantTests
{
    [Fact]
    public async Task A_new_tenant_has_the_defaults_of_the_contract()
    {
        await using var server = await AdminServer.StartAsync();
        var answer = await server.CreateTenantAsync("acme");
        Assert.Equal("acme", (string?)answer["name"]);
        Assert.Equal("UTC", (string?)answer["timeZone"]);
        Assert.Equal("active", (string?)answer["status"]);
        Assert.Equal("auto", (string?)answer["outagePolicy"]);
        Assert.Equal("\"1\"", answer.ETag);
        Assert.Equal(answer.Body!.ToJsonString(), (await server.SendAsync("GET", "/api/v1/tenants/acme")).Body!.ToJsonString());
    }

    [Theory]
    [Trait("Acceptance", "G43")]
    [InlineData("""{"id":"acme","timezone":"UTC"}""", "timezone")]
    [InlineData("""{"id":"acme","limits":{"rpm":5}}""", "limits.rpm")]
    [InlineData("""{"id":"Acme"}""", "id")]
    [InlineData("""{"id":"-acme"}""", "id")]
    [InlineData("""{"id":"acme\n"}""", "id")]
    [InlineData("""{"id":"{global}"}""", "id")]
    [InlineData("""{}""", "id")]
    [InlineData("""{"id":7}""", "id")]
    [InlineData("""{"id":"acme","name":" "}""", "name")]
    [InlineData("""{"id":"acme","timeZone":"Berlin"}""", "timeZone")]
    [InlineData("""{"id":"acme","status":"deleted"}""", "status")]
    [InlineData("""{"id":"acme","status":"active,disabled"}""", "status")]
    [InlineData("""{"id":"acme","outagePolicy":"1"}""", "outagePolicy")]
    [InlineData("""{"id":"acme","outagePolicy":"lease"}""", "outagePolicy")]
    [InlineData("""{"id":"acme","unpricedPolicy":"free"}""", "unpricedPolicy")]
    [InlineData("""{"id":"acme","limits":{"concurrent":-1}}""", "limits.concurrent")]
    [InlineData("""{"id":"acme","limits":{"concurrent":1.5}}""", "limits.concurrent")]
    [InlineData("""{"id":"acme","limits":{"concurrent":"5"}}""", "limits.concurrent")]
    [InlineData("""{"id":"acme","limits":[]}""", "limits")]
    [InlineData("""{"id":"acme","tags":{"a b":"c"}}""", "tags")]
    [InlineData("""{"id":"acme","tags":{"a":null}}""", "tags.a")]
    [InlineData("""{"id":"acme","tags":{"a":1}}""", "tags")]
    public async Task What_does_not_fit_is_refused_by_its_name(string json, string field)
    {
        await using var server = await AdminServer.StartAsync();
        var answer = await server.SendAsync("POST", "/api/v1/tenants", json);
        Assert.Equal(400, answer.Status);
        Assert.Equal("application/problem+json", answer.MediaType);
        Assert.Equal("validation_failed", answer.Code);
        Assert.Equal([field], answer.ErrorFields);
        Assert.Empty(server.Tenancy.Current.Tenants);
    }

    [Fact]
    public async Task A_policy_of_a_later_version_is_refused_with_what_this_one_has()
    {
        await using var server = await AdminServer.StartAsync();
        var answer = await server.SendAsync("POST", "/api/v1/tenants", """{"id":"acme","outagePolicy":"lease"}""");
        Assert.Equal((400, "validation_failed"), (answer.Status, answer.Code));
        Assert.Contains("lease is not in this version, which has closed and open", (string?)answer.Body!["detail"], StringComparison.Ordinal);

        await server.CreateTenantAsync("acme");
        answer = await server.SendAsync("PATCH", "/api/v1/tenants/acme", """{"outagePolicy":"lease"}""");
        Assert.Equal(["outagePolicy"], answer.ErrorFields);
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        await using var server = await AdminServer.StartAsync();
        var answer = await server.SendAsync("POST", "/api/v1/tenants", """{"id":"A","timeZone":"x","status":"y","limits":{"concurrent":-1}}""");
        Assert.Equal(["id", "limits.concurrent", "status", "timeZone"], answer.ErrorFields);
        answer = await server.SendAsync("POST", "/api/v1/tenants", """{"idd":"a","nam":"b","name":3}""");
        Assert.Equal(["idd", "nam", "name"], answer.ErrorFields);
    }

    [Theory]
    [InlineData("{", "invalid_json")]
    [InlineData("[]", "invalid_json")]
    [InlineData("null", "invalid_json")]
    [InlineData("", "invalid_json")]
    [InlineData("""{"id":"a","id":"b"}""", "invalid_json")]
    public async Task A_body_that_is_no_clear_object_is_refused(string json, string code)
    {
        await using var server = await AdminServer.StartAsync();
        var answer = await server.SendAsync("POST", "/api/v1/tenants", json);
        Assert.Equal(400, answer.Status);
        Assert.Equal(code, answer.Code);
    }

    [Fact]
    public async Task A_body_of_another_type_or_size_is_refused()
    {
        await using var server = await AdminServer.StartAsync();
        using var text = new StringContent("""{"id":"acme"}""");
        using var response = await server.Client.PostAsync("/api/v1/tenants", text);
        Assert.Equal(415, (int)response.StatusCode);
        var big = await server.SendAsync("POST", "/api/v1/tenants", $$"""{"id":"acme","name":"{{new string('x', 300_000)}}"}""");
        Assert.Equal(413, big.Status);
        Assert.Equal("request_too_large", big.Code);
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_null_restores_the_default()
    {
        await using var server = await AdminServer.StartAsync();
        await server.SendAsync("POST", "/api/v1/tenants", """{"id":"acme","name":"Acme","plan":"gold","limits":{"requestsPerMinute":5,"concurrent":0},"tags":{"a":"1","b":"2"}}""");
        var answer = await server.SendAsync("PATCH", "/api/v1/tenants/acme", """{"name":null,"limits":{"concurrent":3},"tags":{"a":null,"c":"3"}}""");
        Assert.Equal(200, answer.Status);
        Assert.Equal("acme", (string?)answer["name"]);
        Assert.Equal("gold", (string?)answer["plan"]);
        Assert.Equal("""{"requestsPerMinute":5,"tokensPerMinute":null,"concurrent":3}""", answer["limits"].ToJsonString());
        Assert.Equal("""{"b":"2","c":"3"}""", answer["tags"].ToJsonString());
        Assert.Equal("\"2\"", answer.ETag);
        Assert.Equal(["id"], (await server.SendAsync("PATCH", "/api/v1/tenants/acme", """{"id":"other"}""")).ErrorFields);
        Assert.Equal(["nme"], (await server.SendAsync("PATCH", "/api/v1/tenants/acme", """{"nme":null}""")).ErrorFields);
    }

    [Fact]
    public async Task A_change_of_zone_keeps_the_zones_before_it()
    {
        await using var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("acme");
        var answer = await server.SendAsync("PATCH", "/api/v1/tenants/acme", """{"timeZone":"Europe/Berlin"}""");
        Assert.Equal("Europe/Berlin", (string?)answer["timeZone"]);
        Assert.Equal(["UTC", "Europe/Berlin"], answer["timeZoneChanges"].AsArray().Select(c => (string?)c!["timeZone"]));
    }

    [Theory]
    [Trait("Acceptance", "T98")]
    [InlineData("\"1\"", 200)]
    [InlineData("*", 200)]
    [InlineData("\"7\", \"1\"", 200)]
    [InlineData("\"2\"", 412)]
    [InlineData("W/\"1\"", 412)]
    [InlineData("1", 412)]
    public async Task If_match_is_honoured_when_it_is_sent(string ifMatch, int expected)
    {
        await using var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("acme");
        var answer = await server.SendAsync("PATCH", "/api/v1/tenants/acme", """{"name":"New"}""", ifMatch);
        Assert.Equal(expected, answer.Status);
        Assert.Equal(expected == 412 ? "version_mismatch" : null, answer.Code);
    }

    [Fact]
    [Trait("Acceptance", "T98")]
    public async Task Of_two_changes_at_once_neither_is_lost()
    {
        await using var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("acme");
        server.Tenancy.BeforeNextWrite = () => _ = server.Tenancy.UpdateTenantAsync(server.Tenancy.Current.FindTenant("acme")! with { Plan = "gold" }, 1, "other", default);
        var answer = await server.SendAsync("PATCH", "/api/v1/tenants/acme", """{"name":"New"}""");
        Assert.Equal("gold", (string?)answer["plan"]);
        Assert.Equal("New", (string?)answer["name"]);
        Assert.Equal("\"3\"", answer.ETag);
    }

    [Fact]
    [Trait("Acceptance", "T98")]
    public async Task With_if_match_the_slower_of_two_changes_is_refused()
    {
        await using var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("acme");
        server.Tenancy.BeforeNextWrite = () => _ = server.Tenancy.UpdateTenantAsync(server.Tenancy.Current.FindTenant("acme")! with { Plan = "gold" }, 1, "other", default);
        Assert.Equal(412, (await server.SendAsync("PATCH", "/api/v1/tenants/acme", """{"name":"New"}""", "\"1\"")).Status);
    }

    [Fact]
    [Trait("Acceptance", "A82")]
    public async Task A_deleted_tenant_is_gone_but_its_id_and_history_stay()
    {
        await using var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("acme");
        await server.SendAsync("POST", "/api/v1/tenants/acme/keys", """{"name":"app"}""");
        Assert.Equal(412, (await server.SendAsync("DELETE", "/api/v1/tenants/acme", ifMatch: "\"9\"")).Status);
        Assert.Equal(204, (await server.SendAsync("DELETE", "/api/v1/tenants/acme")).Status);
        Assert.Equal(404, (await server.SendAsync("GET", "/api/v1/tenants/acme")).Status);
        Assert.Equal(404, (await server.SendAsync("DELETE", "/api/v1/tenants/acme")).Status);
        Assert.Empty((await server.SendAsync("GET", "/api/v1/tenants"))["rows"].AsArray());
        Assert.All(server.Tenancy.Keys, k => Assert.NotNull(k.RevokedAt));
        Assert.Equal("tenant_exists", (await server.SendAsync("POST", "/api/v1/tenants", """{"id":"acme"}""")).Code);
        Assert.Equal(200, (await server.SendAsync("GET", "/api/v1/usage?tenant=acme")).Status);
    }

    [Fact]
    [Trait("Acceptance", "T97")]
    public async Task Pages_tile_the_list_and_the_page_size_is_bounded()
    {
        await using var server = await AdminServer.StartAsync();
        foreach (var id in new[] { "c", "a", "e", "b", "d" })
        {
            await server.CreateTenantAsync(id);
        }

        var seen = new List<string?>();
        string? cursor = null;
        do
        {
            var page = await server.SendAsync("GET", $"/api/v1/tenants?limit=2&cursor={cursor}");
            seen.AddRange(page["rows"].AsArray().Select(r => (string?)r!["id"]));
            cursor = (string?)page.Body!["next"];
        }
        while (cursor is not null);
        Assert.Equal(["a", "b", "c", "d", "e"], seen);

        foreach (var limit in new[] { "1e9", "1000000000", "1001", "0", "-1", "x", "1.5", " 5" })
        {
            Assert.Equal(["limit"], (await server.SendAsync("GET", $"/api/v1/tenants?limit={limit}")).ErrorFields);
        }

        Assert.Equal(["limt"], (await server.SendAsync("GET", "/api/v1/tenants?limt=5")).ErrorFields);
    }

    [Theory]
    [InlineData("GET", "/api/v1/tenants/nobody")]
    [InlineData("GET", "/api/v1/tenants/nobody/keys")]
    [InlineData("GET", "/api/v1/tenants/nobody/budgets")]
    [InlineData("GET", "/api/v1/nothing")]
    [InlineData("GET", "/api/v1/keys/key_1")]
    [InlineData("DELETE", "/api/v1/keys/key_1")]
    [InlineData("POST", "/api/v1/keys/key_1/rotate")]
    [InlineData("GET", "/api/v1/budgets/main")]
    [InlineData("DELETE", "/api/v1/budgets/main")]
    [InlineData("GET", "/api/v1/usage?tenant=nobody")]
    [InlineData("GET", "/api/v1/usage/records/not-an-id")]
    [InlineData("GET", "/api/v1/usage/records/019ab000-0000-7000-8000-000000000000")]
    public async Task What_is_not_there_is_a_404_problem(string method, string path)
    {
        await using var server = await AdminServer.StartAsync();
        var answer = await server.SendAsync(method, path);
        Assert.Equal(404, answer.Status);
        Assert.Equal("application/problem+json", answer.MediaType);
    }

    [Theory]
    [InlineData("PUT", "/api/v1/tenants", "GET, POST")]
    [InlineData("POST", "/api/v1/tenants/nobody", "DELETE, GET, PATCH")]
    [InlineData("PUT", "/api/v1/keys/key_1", "DELETE, GET, PATCH")]
    [InlineData("GET", "/api/v1/keys/key_1/rotate", "POST")]
    [InlineData("DELETE", "/api/v1/usage", "GET")]
    public async Task A_method_that_a_route_does_not_have_is_a_405_that_names_those_it_has(string method, string path, string allowed)
    {
        await using var server = await AdminServer.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await server.Client.SendAsync(request);
        Assert.Equal(405, (int)response.StatusCode);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    // A78: without the token nobody learns which routes exist.
    [Fact]
    public async Task Without_the_token_a_wrong_method_is_a_401()
    {
        await using var server = await AdminServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/tenants");
        using var response = await server.Anonymous.SendAsync(request);
        Assert.Equal(401, (int)response.StatusCode);
        Assert.Empty(response.Content.Headers.Allow);
    }
}
