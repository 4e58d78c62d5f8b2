using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LLMeterProxy.Simulator.Billing;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Passthrough;

/// <summary>
/// What a client gets is what the upstream sent on that call, and what the ledger says is what the upstream bills for it
/// (A37 to A43, T61 to T67, T73, G16 to G20): every operation, with every scenario that answers in whole.
/// </summary>
public sealed class DifferentialTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    /// <summary>The provider states its usage: the figures are the bill's, to the nano-dollar.</summary>
    private static readonly string[] _reported =
    [
        "",
        "writeSize=1,outputTokens=6",
        "writeSize=7",
        "writeSize=13",
        "chunked",
        "gzip",
        "gzip,writeSize=13",
        "usageTwice",
        "toolCall",
        "bigBodyBytes=200000",
        "hugeLineBytes=300000",
        "hugeLineBytes=300000,writeSize=4093",
        "inputTokens=5000,cachedTokens=1024,outputTokens=77",
        "outputTokens=40,reasoningTokens=31",
        "outputTokens=1",
    ];

    /// <summary>The provider does not: the figures are an estimate that says so, and never nothing.</summary>
    private static readonly string[] _unstated = ["noUsage", "noUsage,writeSize=7", "garbage", "garbage,gzip"];

    private static readonly string[] _refused =
        ["status=400", "status=404", "status=429,retryAfterSeconds=7", "status=500", "status=503,chunked", "status=529,gzip"];

    public static TheoryData<string> Names => [.. Calls.All.Select(c => c.Name)];

    public static TheoryData<string> Streamed => [.. Calls.All.Where(c => c.IsStream).Select(c => c.Name)];

    public static TheoryData<string> Whole => [.. Calls.All.Where(c => !c.IsStream).Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Acceptance", "A40")]
    public async Task A_reported_call_passes_byte_for_byte_and_costs_what_the_provider_bills(string name)
    {
        var call = Calls.Of(name);
        var pairs = await RunAsync(call, _reported.Where(s => Applies(call, s)));
        await AssertAllAsync(pairs, async pair =>
        {
            AssertSameBytes(call, pair);
            await AssertBilledAsync(pair);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Acceptance", "T65")]
    public async Task A_call_whose_usage_the_provider_keeps_to_itself_is_estimated_and_flagged(string name)
    {
        var call = Calls.Of(name);
        await AssertAllAsync(await RunAsync(call, _unstated), async pair =>
        {
            AssertSameBytes(call, pair);
            var record = await fixture.Node.RecordAsync(pair.RequestId);
            Assert.Contains(record.GetProperty("source").GetString(), new[] { "estimated", "partial" });
            Assert.NotEqual("", record.GetProperty("reason").GetString());
            Assert.True(record.GetProperty("costNanoUsd").GetInt64() > 0, record.GetRawText());
            Assert.True(record.GetProperty("usage").GetProperty("inputTokens").GetInt64() > 0, record.GetRawText());
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Acceptance", "T76")]
    public async Task A_refusal_of_the_provider_passes_byte_for_byte_and_costs_nothing(string name)
    {
        var call = Calls.Of(name);
        await AssertAllAsync(await RunAsync(call, _refused), async pair =>
        {
            Assert.Equal(pair.Bill.Body.ToArray(), pair.Bytes);
            var record = await fixture.Node.RecordAsync(pair.RequestId);
            Assert.Equal("unbilled", record.GetProperty("source").GetString());
            Assert.Equal("upstream_error", record.GetProperty("outcome").GetString());
            Assert.Equal(pair.Status, record.GetProperty("status").GetInt32());
            Assert.Equal(0, record.GetProperty("costNanoUsd").GetInt64());
        });
    }

    [Theory]
    [MemberData(nameof(Streamed))]
    [Trait("Acceptance", "T66")]
    public async Task An_error_event_in_the_stream_passes_and_what_was_produced_is_charged(string name)
    {
        var call = Calls.Of(name);
        await AssertAllAsync(await RunAsync(call, ["errorEventMidStream", "errorEventMidStream,writeSize=7"]), async pair =>
        {
            AssertSameBytes(call, pair);
            var record = await fixture.Node.RecordAsync(pair.RequestId);
            Assert.True(record.GetProperty("costNanoUsd").GetInt64() > 0, record.GetRawText());
            Assert.True(record.GetProperty("usage").GetProperty("outputTokens").GetInt64() > 0, record.GetRawText());
        });
    }

    [Theory]
    [MemberData(nameof(Streamed))]
    [Trait("Acceptance", "A42")]
    public async Task A_stream_without_its_end_is_never_a_short_success(string name)
    {
        var call = Calls.Of(name);
        await AssertAllAsync(await RunAsync(call, ["noDone"]), async pair =>
        {
            var expected = Encoding.UTF8.GetString(Transcript.Expected(call, pair.Bill.Body.Span));
            var actual = Encoding.UTF8.GetString(pair.Bytes);
            var record = await fixture.Node.RecordAsync(pair.RequestId);
            if (record.GetProperty("source").GetString() == "reported")
            {
                // Finish reason and usage came; only the mark of the end is missing, and it is not ours to write.
                Assert.Equal(expected, actual);
                Assert.Equal(pair.Bill.NanoUsd, record.GetProperty("costNanoUsd").GetInt64());
                return;
            }

            Assert.StartsWith(expected, actual, StringComparison.Ordinal);
            Assert.Contains("upstream_stream_error", actual[expected.Length..], StringComparison.Ordinal);
            Assert.Contains("truncated", record.GetProperty("flags").EnumerateArray().Select(f => f.GetString()));
        });
    }

    [Theory]
    [MemberData(nameof(Whole))]
    [Trait("Acceptance", "T74")]
    public async Task A_body_shorter_than_its_declared_length_is_an_error_for_the_client_too(string name)
    {
        var call = Calls.Of(name);
        var node = fixture.Node;
        var (tenant, key) = await node.NewTenantAsync(new { window = "month", limitUsd = "10" });
        using var client = node.Client(key);
        using var request = call.Request("wrongContentLength=5");
        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request));
        await node.Simulator.WhenIdleAsync();
        var record = await Ledgers.OnlyRecordAsync(node, tenant);
        Assert.Equal(node.Simulator.Bills.MaxBy(b => b.Sequence)!.NanoUsd, record.GetProperty("costNanoUsd").GetInt64());
    }

    private static bool Applies(ApiCall call, string directive) => call.Path.EndsWith("/embeddings", StringComparison.Ordinal)
        ? !directive.Contains("cached", StringComparison.Ordinal)
        : !(directive.Contains("cached", StringComparison.Ordinal) && call.Name.Contains(" completions", StringComparison.Ordinal));

    private static void AssertSameBytes(ApiCall call, Pair pair)
    {
        var expected = pair.Directive.Contains("gzip", StringComparison.Ordinal)
            ? pair.Bill.Body.ToArray()
            : Transcript.Expected(call, pair.Bill.Body.Span);
        Assert.Equal(Encoding.Latin1.GetString(expected), Encoding.Latin1.GetString(pair.Bytes));
    }

    private static async Task AssertAllAsync(IEnumerable<Pair> pairs, Func<Pair, Task> assert)
    {
        var failures = new List<Exception>();
        foreach (var pair in pairs)
        {
            try
            {
                await assert(pair);
            }
            catch (Exception e)
            {
                failures.Add(new InvalidOperationException($"'{pair.Directive}': {e.Message}", e));
            }
        }

        if (failures.Count > 0)
            throw new AggregateException(failures);
    }

    private async Task AssertBilledAsync(Pair pair)
    {
        var record = await fixture.Node.RecordAsync(pair.RequestId);
        var billed = pair.Bill.Usage;
        var usage = record.GetProperty("usage");
        Assert.Equal("reported", record.GetProperty("source").GetString());
        Assert.Equal("completed", record.GetProperty("outcome").GetString());
        Assert.Equal(pair.Tenant, record.GetProperty("tenant").GetString());
        Assert.Equal(pair.Bill.Model, record.GetProperty("modelBilled").GetString());
        Assert.Equal(billed.Input, usage.GetProperty("inputTokens").GetInt64());
        Assert.Equal(billed.Uncached, usage.GetProperty("uncachedInputTokens").GetInt64());
        Assert.Equal(billed.Cached, usage.GetProperty("cacheReadTokens").GetInt64());
        Assert.Equal(billed.Output, usage.GetProperty("outputTokens").GetInt64());
        Assert.Equal(pair.Bill.NanoUsd, record.GetProperty("costNanoUsd").GetInt64());
        Assert.Equal(
            pair.Bill.NanoUsd,
            record.GetProperty("lines").EnumerateArray().Sum(l => l.GetProperty("costNanoUsd").GetInt64()));
        Assert.Equal(1, record.GetProperty("attempts").GetArrayLength());
    }

    private async Task<List<Pair>> RunAsync(ApiCall call, IEnumerable<string> directives)
    {
        var node = fixture.Node;
        var (tenant, key) = await node.NewTenantAsync(new { window = "month", limitUsd = "100" });
        using var client = node.Client(key);
        using var provider = new HttpClient { BaseAddress = node.Simulator.BaseUrl };
        provider.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestNode.ProviderKey);
        var pairs = new List<Pair>();
        foreach (var directive in directives)
        {
            using var direct = await provider.SendAsync(call.Request(directive), HttpCompletionOption.ResponseHeadersRead);
            await Transcript.ReadAsync(direct);
            using var proxied = await client.SendAsync(call.Request(directive), HttpCompletionOption.ResponseHeadersRead);
            var bytes = await Transcript.ReadAsync(proxied);
            await node.Simulator.WhenIdleAsync();
            Assert.Equal(direct.StatusCode, proxied.StatusCode);
            AllowedHeaders.AssertSame(direct, proxied);
            var id = proxied.Headers.GetValues("x-llmeter-request-id").Single();
            pairs.Add(new Pair(directive, tenant, id, (int)proxied.StatusCode, bytes, node.Simulator.Bills.MaxBy(b => b.Sequence)!));
        }

        await Ledgers.AssertSettledAsync(node, tenant);
        return pairs;
    }

    private sealed record Pair(string Directive, string Tenant, string RequestId, int Status, byte[] Bytes, BillEntry Bill);
}
