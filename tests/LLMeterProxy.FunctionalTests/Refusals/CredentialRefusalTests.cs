using System.Net;
using System.Net.Http.Json;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.FunctionalTests.Refusals;

/// <summary>E-AUTH and E-AMBIG in every family.</summary>
public sealed class CredentialRefusalTests(RefusalNode fixture) : IClassFixture<RefusalNode>
{
    public static TheoryData<Api> Apis => [Api.OpenAi, Api.Anthropic, Api.Gemini];

    [Theory]
    [MemberData(nameof(Apis))]
    [Trait("Acceptance", "T85")]
    public async Task Every_key_that_is_not_valid_gets_one_identical_answer(Api api)
    {
        var node = fixture.Node;
        var (tenant, _) = await fixture.NewTenantAsync();
        var expired = await node.IssueKeyAsync(tenant, new { expiresAt = DateTimeOffset.UtcNow.AddSeconds(1).ToString("O") });
        var (revokedId, revoked) = await node.IssueKeyWithIdAsync(tenant);
        (await node.Admin.DeleteAsync($"/api/v1/keys/{revokedId}")).EnsureSuccessStatusCode();
        var (disabledTenant, ofDisabled) = await fixture.NewTenantAsync();
        (await node.Admin.PatchAsJsonAsync($"/api/v1/tenants/{disabledTenant}", new { status = "disabled" })).EnsureSuccessStatusCode();
        var (deletedTenant, ofDeleted) = await fixture.NewTenantAsync();
        (await node.Admin.DeleteAsync($"/api/v1/tenants/{deletedTenant}")).EnsureSuccessStatusCode();
        await Until.TrueAsync(async () =>
        {
            using var answer = await fixture.Http.SendAsync(Calls.Post(api, expired));
            return answer.StatusCode == HttpStatusCode.Unauthorized;
        });

        var bodies = new HashSet<string>(StringComparer.Ordinal);
        string?[] keys = [null, "", "nonsense", "lmp_short", revoked[..^1] + (revoked[^1] == '0' ? '1' : '0'), VirtualKeyFormat.Mint(), expired, revoked, ofDisabled, ofDeleted];
        foreach (var key in keys)
        {
            var refusal = await fixture.RefusedAsync(api, Calls.Post(api, key), 401, "invalid_api_key", tenant: "");
            bodies.Add(refusal.Body.Replace(refusal.RequestId, "ID", StringComparison.Ordinal));
            Assert.True(string.IsNullOrEmpty(key) || !refusal.Body.Contains(key, StringComparison.Ordinal));
        }

        Assert.Single(bodies);
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("Bearer")]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Bearer one two")]
    [Trait("Acceptance", "T79")]
    public async Task An_authorization_that_is_no_bearer_key_is_refused(string authorization)
    {
        var request = Calls.Post(Api.OpenAi, null);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        await fixture.RefusedAsync(Api.OpenAi, request, 401, "invalid_api_key", tenant: "");
    }

    [Fact]
    public async Task A_client_that_signs_for_aws_is_told_what_to_send_instead()
    {
        var request = Calls.Post(Api.OpenAi, null);
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=00");
        var refusal = await fixture.RefusedAsync(Api.OpenAi, request, 401, "invalid_api_key", tenant: "");
        Assert.Contains("Bearer lmp_", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    [Trait("Acceptance", "T80")]
    public async Task Two_different_credentials_are_ambiguous_and_two_equal_ones_are_one(Api api)
    {
        var (_, key) = await fixture.NewTenantAsync();
        var (_, other) = await fixture.NewTenantAsync();
        foreach (var name in new[] { "Authorization", "x-api-key", "api-key", "x-goog-api-key" })
        {
            var own = api switch { Api.OpenAi => "Authorization", Api.Anthropic => "x-api-key", _ => "x-goog-api-key" };
            if (name == own)
            {
                continue;
            }

            var different = Calls.Post(api, key);
            different.Headers.TryAddWithoutValidation(name, name == "Authorization" ? "Bearer " + other : other);
            await fixture.RefusedAsync(api, different, 400, "ambiguous_credentials", tenant: "");

            var equal = Calls.Post(api, key);
            equal.Headers.TryAddWithoutValidation(name, name == "Authorization" ? "Bearer " + key : key);
            using var answer = await fixture.Http.SendAsync(equal);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    [Trait("Acceptance", "T80")]
    public async Task The_query_key_counts_on_gemini_routes_and_nowhere_else()
    {
        var (_, key) = await fixture.NewTenantAsync();
        var (_, other) = await fixture.NewTenantAsync();
        using var answer = await fixture.Http.SendAsync(Calls.Post(Api.Gemini, null, path: $"{Calls.Path(Api.Gemini)}?key={key}"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain("key=", fixture.Node.Simulator.Requests[^1].Target, StringComparison.Ordinal);
        await fixture.RefusedAsync(Api.Gemini, Calls.Post(Api.Gemini, key, path: $"{Calls.Path(Api.Gemini)}?key={other}"), 400, "ambiguous_credentials", tenant: "");
        await fixture.RefusedAsync(Api.OpenAi, Calls.Post(Api.OpenAi, null, path: $"{Calls.Path(Api.OpenAi)}?key={key}"), 401, "invalid_api_key", tenant: "");
    }

    [Fact]
    public async Task Our_own_header_wins_over_whatever_a_tool_puts_elsewhere()
    {
        var (_, key) = await fixture.NewTenantAsync();
        var request = Calls.Post(Api.OpenAi, "something-of-the-tool");
        request.Headers.TryAddWithoutValidation("x-llmeter-key", key);
        using var answer = await fixture.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain(fixture.Node.Simulator.Requests[^1].Headers, h => h.Value.Contains("something-of-the-tool", StringComparison.Ordinal) || h.Value.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Acceptance", "A77")]
    public async Task No_key_of_anybody_is_ever_in_the_log()
    {
        var (_, key) = await fixture.NewTenantAsync();
        using var good = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key));
        using var query = await fixture.Http.SendAsync(Calls.Post(Api.Gemini, null, path: $"{Calls.Path(Api.Gemini)}?key={key}"));
        using var bad = await fixture.Http.SendAsync(Calls.Post(Api.OpenAi, key + "x"));
        Assert.DoesNotContain(fixture.Node.Logs.Lines, l => l.Contains(key, StringComparison.Ordinal));
        Assert.DoesNotContain(fixture.Node.Logs.Lines, l => l.Contains(TestKit.TestNode.ProviderKey, StringComparison.Ordinal));
    }
}
