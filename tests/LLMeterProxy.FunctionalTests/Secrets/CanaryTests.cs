using System.Net.Http.Headers;
using System.Text;
using LLMeterProxy.FunctionalTests.Passthrough;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Secrets;

/// <summary>
/// Two canaries: a virtual key must never reach a provider, a provider's key never a client or a log (A75, A77, T31, T75, T77,
/// T78, T87). All that any of them saw is searched.
/// </summary>
public sealed class CanaryTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    private static readonly string[] _directives = ["", "status=401", "status=429", "status=500", "garbage", "cutBeforeHeaders", "cutAtByte=90", "errorEventMidStream"];

    private static readonly string[] _upstreamHeaders =
    [
        "accept", "accept-encoding", "anthropic-version", "authorization", "content-length", "content-type", "host", "idempotency-key",
        "openai-beta", "user-agent", "x-api-key", "x-goog-api-key", "x-stainless-lang", "x-title",
    ];

    public static TheoryData<string> Names => [.. Calls.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Acceptance", "T87")]
    public async Task No_key_is_seen_by_those_who_must_not_see_it(string name)
    {
        var call = Calls.Of(name);
        var node = fixture.Node;
        var (tenant, key) = await node.NewTenantAsync(new { window = "month", limitUsd = "100" });
        using var client = new HttpClient { BaseAddress = new Uri(node.GatewayUrl) };
        var before = node.Simulator.Requests.Count;
        foreach (var directive in _directives)
        {
            var seen = await SendAsync(client, call, directive, key);
            AssertNoProviderKey(seen);
        }

        await node.Simulator.WhenIdleAsync();
        var requests = node.Simulator.Requests.Skip(before).ToList();
        Assert.True(requests.Count >= _directives.Length);
        foreach (var request in requests)
        {
            var all = $"{request.Method} {request.Target}\n{string.Join('\n', request.Headers.Select(h => $"{h.Key}: {h.Value}"))}\n{Encoding.Latin1.GetString(request.Body.Span)}";
            Assert.DoesNotContain(key, all, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(key[4..^6], all, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("canary-of-the-client", all, StringComparison.Ordinal);
            Assert.DoesNotContain("llmeter", all, StringComparison.OrdinalIgnoreCase);
            Assert.Equal([], request.Headers.Select(h => h.Key.ToLowerInvariant()).Except(_upstreamHeaders));
            Assert.Contains(TestNode.ProviderKey, all, StringComparison.Ordinal);
        }

        await Ledgers.AssertSettledAsync(node, tenant);
        AssertLogs(key);
    }

    /// <summary>OpenAI's own refusal repeats a part of the key that it was sent.</summary>
    [Theory]
    [InlineData("/openai/v1/chat/completions")]
    [InlineData("/anthropic/v1/messages")]
    [InlineData("/gemini/v1beta/models/gemini-2.5-flash:generateContent")]
    [InlineData("/openai/v1/models")]
    [Trait("Acceptance", "T75")]
    public async Task Not_even_a_part_of_a_provider_key_comes_back_when_the_provider_refuses_it(string path)
    {
        await using var node = await TestNode.StartAsync(new TestNodeOptions
        {
            SimulatorOptions = new() { ExpectedKeys = ["another-key"] },
        });
        var (_, key) = await node.NewTenantAsync();
        using var client = node.Client(key);
        var call = Calls.All.FirstOrDefault(c => c.Path == path);
        using var request = call?.Request("") ?? new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await client.SendAsync(request);
        Assert.True((int)response.StatusCode >= 400);
        AssertNoProviderKey(response.Headers + await response.Content.ReadAsStringAsync());
        Assert.DoesNotContain(node.Logs.Lines, l => l.Contains(TestNode.ProviderKey, StringComparison.Ordinal) || l.Contains(key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Authorization", "Bearer {0}")]
    [InlineData("x-api-key", "{0}")]
    [InlineData("api-key", "{0}")]
    [InlineData("x-goog-api-key", "{0}")]
    [InlineData("x-llmeter-key", "{0}")]
    [Trait("Acceptance", "A75")]
    public async Task In_whatever_header_the_virtual_key_comes_the_provider_gets_only_its_own(string header, string form)
    {
        var node = fixture.Node;
        var (_, key) = await node.NewTenantAsync();
        foreach (var name in new[] { "openai chat", "anthropic messages", "gemini generate", "openrouter chat" })
        {
            using var client = new HttpClient { BaseAddress = new Uri(node.GatewayUrl) };
            using var request = Calls.Of(name).Request("");
            request.Headers.TryAddWithoutValidation(header, string.Format(System.Globalization.CultureInfo.InvariantCulture, form, key));
            if (header == "x-llmeter-key")
                request.Headers.TryAddWithoutValidation("Authorization", "Bearer sk-canary-of-the-client");
            using var response = await client.SendAsync(request);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
            var sent = node.Simulator.Requests[^1];
            Assert.DoesNotContain(sent.Headers, h => h.Value.Contains(key, StringComparison.Ordinal) || h.Value.Contains("canary-of-the-client", StringComparison.Ordinal));
            Assert.Single(sent.Headers, h => h.Value.Contains(TestNode.ProviderKey, StringComparison.Ordinal));
        }
    }

    [Fact]
    [Trait("Acceptance", "T31")]
    public async Task A_key_in_the_query_is_taken_out_of_it_on_gemini_routes_and_refused_on_others()
    {
        var node = fixture.Node;
        var (_, key) = await node.NewTenantAsync();
        using var client = new HttpClient { BaseAddress = new Uri(node.GatewayUrl) };
        using var request = Calls.Of("gemini stream events").Request("");
        request.RequestUri = new Uri($"{request.RequestUri!.OriginalString}&key={key}", UriKind.Relative);
        using var response = await client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode);
        var sent = node.Simulator.Requests[^1];
        Assert.EndsWith("?alt=sse", sent.Target, StringComparison.Ordinal);
        Assert.Equal(TestNode.ProviderKey, sent.Header("x-goog-api-key"));

        var before = node.Simulator.Requests.Count;
        using var other = Calls.Of("openai chat").Request("");
        other.RequestUri = new Uri($"{other.RequestUri!.OriginalString}?key={key}", UriKind.Relative);
        using var refused = await client.SendAsync(other);
        Assert.True((int)refused.StatusCode is 400 or 401);
        Assert.DoesNotContain(key, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(before, node.Simulator.Requests.Count);
        AssertLogs(key);
    }

    [Fact]
    [Trait("Acceptance", "A77")]
    public async Task A_key_that_is_refused_is_in_no_log_and_no_answer()
    {
        var node = fixture.Node;
        var (_, key) = await node.NewTenantAsync();
        var wrong = key[..^1] + (key[^1] == 'a' ? 'b' : 'a');
        using var client = node.Client(wrong);
        using var response = await client.SendAsync(Calls.Of("openai chat").Request(""));
        Assert.Equal(401, (int)response.StatusCode);
        Assert.DoesNotContain(wrong, response.Headers + await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(node.Logs.Lines, l => l.Contains(wrong, StringComparison.Ordinal));
    }

    private static void AssertNoProviderKey(string seen)
    {
        Assert.DoesNotContain(TestNode.ProviderKey, seen, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(TestNode.ProviderKey[..8], seen, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(TestNode.ProviderKey[^4..] + ".", seen, StringComparison.OrdinalIgnoreCase);
        foreach (var header in new[] { "set-cookie", "openai-organization", "openai-project", "anthropic-organization-id", "server:", "alt-svc", "cf-ray" })
            Assert.DoesNotContain(header, seen, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<string> SendAsync(HttpClient client, ApiCall call, string directive, string key)
    {
        using var request = call.Request(directive);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        (string Name, string Value)[] headers =
        [
            ("Cookie", "session=canary-of-the-client"), ("OpenAI-Organization", "org-canary-of-the-client"), ("OpenAI-Project", "canary-of-the-client"),
            ("X-Goog-User-Project", "canary-of-the-client"), ("X-Forwarded-For", "canary-of-the-client"), ("X-Forwarded-Host", "canary-of-the-client"),
            ("Forwarded", "for=canary-of-the-client"), ("traceparent", "00-canary-of-the-client"), ("tracestate", "canary-of-the-client"),
            ("baggage", "canary-of-the-client"), ("x-llmeter-tags", "a=canary-of-the-client"), ("Via", "1.1 canary-of-the-client"),
            ("X-Http-Method-Override", "canary-of-the-client"), ("X-Custom", "canary-of-the-client"), ("X-Real-IP", "canary-of-the-client"),
            ("OpenAI-Beta", "assistants=v2"), ("X-Title", "app"), ("x-stainless-lang", "js"), ("User-Agent", "test"), ("Accept", "application/json"),
        ];
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var response = await client.SendAsync(request);
            return $"{response.Headers}{response.Content.Headers}{await response.Content.ReadAsStringAsync()}";
        }
        catch (HttpRequestException e)
        {
            return e.ToString();
        }
    }

    private void AssertLogs(string key)
    {
        Assert.DoesNotContain(fixture.Node.Logs.Lines, l => l.Contains(key, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(fixture.Node.Logs.Lines, l => l.Contains(TestNode.ProviderKey, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(fixture.Node.Logs.Lines, l => l.Contains(TestNode.AdminToken, StringComparison.OrdinalIgnoreCase));
    }
}
