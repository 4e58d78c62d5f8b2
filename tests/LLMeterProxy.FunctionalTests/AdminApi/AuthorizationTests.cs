using System.Net;
using System.Net.Http.Headers;
using LLMeterProxy.AdminApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LLMeterProxy.FunctionalTests.AdminApi;

public sealed class AuthorizationTests
{
    private static readonly string[] _open = ["/", "/healthz", "/readyz", "/openapi/{documentName}.json"];

    [Fact]
    [Trait("Acceptance", "A78")]
    public async Task Every_route_but_the_open_ones_is_refused_without_the_token()
    {
        await using var server = await AdminServer.StartAsync();
        var walked = 0;
        foreach (var endpoint in server.Endpoints.OfType<RouteEndpoint>())
        {
            var pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            if (_open.Contains(pattern))
            {
                continue;
            }

            var path = pattern.Replace("{**rest}", "x/y", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"])
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path);
                using var response = await server.Anonymous.SendAsync(request);
                Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path} answered {response.StatusCode}");
                Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
                walked++;
            }
        }

        Assert.True(walked > 20, $"only {walked} routes were found");
    }

    [Theory]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer ")]
    [InlineData("Basic " + AdminServer.Token)]
    [InlineData(AdminServer.Token)]
    [InlineData("Bearer " + AdminServer.Token + "x")]
    [InlineData("Bearer " + AdminServer.MetricsToken)]
    public async Task Only_the_exact_admin_token_opens(string authorization)
    {
        await using var server = await AdminServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/tenants");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await server.Anonymous.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        Assert.DoesNotContain(AdminServer.Token, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Acceptance", "A83")]
    [InlineData(null, false, 401)]
    [InlineData(AdminServer.Token, false, 200)]
    [InlineData(AdminServer.MetricsToken, false, 200)]
    [InlineData("something else that is long enough", false, 401)]
    [InlineData(null, true, 200)]
    public async Task Metrics_need_one_of_two_tokens_unless_they_are_opened(string? token, bool anonymous, int expected)
    {
        await using var server = await AdminServer.StartAsync(o => new AdminApiOptions { AdminToken = o.AdminToken, MetricsToken = o.MetricsToken, AnonymousMetrics = anonymous });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await server.Anonymous.SendAsync(request);
        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Fact]
    public async Task The_open_routes_name_no_tenant()
    {
        await using var server = await AdminServer.StartAsync();
        await server.CreateTenantAsync("acme");
        server.Host.Readiness = Readiness.Not("journal_unavailable");
        foreach (var path in new[] { "/", "/healthz", "/readyz", "/openapi/v1.json" })
        {
            using var response = await server.Anonymous.GetAsync(path);
            Assert.NotEqual(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.DoesNotContain("acme", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var ready = await server.SendAsync("GET", "/readyz");
        Assert.Equal(503, ready.Status);
        Assert.Equal("journal_unavailable", (string?)ready["reason"]);
    }

    [Fact]
    [Trait("Acceptance", "T93")]
    public void A_short_token_is_refused_at_start()
    {
        var refused = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddAdminApi(new AdminApiOptions { AdminToken = "short" }));
        Assert.Contains("LLMeter:Admin:Token", refused.Message, StringComparison.Ordinal);
    }
}
