using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LLMeterProxy.Simulator.Billing;
using LLMeterProxy.Simulator.Scripting;

namespace LLMeterProxy.FunctionalTests.Simulator;

public sealed class SimulatorScenarioTests
{
    private const string Stream = """{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hello there"}]}""";
    private const string Whole = """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello there"}]}""";

    [Theory]
    [InlineData("""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x [[sim:{\"status\":429,\"retryAfter\":7}]] y"}]}""")]
    [InlineData("""{"model":"gpt-4o-mini[[sim:status=429,retryAfter=7]]","messages":[]}""")]
    [InlineData("""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"[[sim:status=500]]"},{"role":"user","content":"[[sim:status=429,retryAfter=7]]"}]}""")]
    public async Task The_last_directive_in_a_body_decides(string request)
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (response, body) = await sim.SendAsync("v1/chat/completions", request);

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal("7", response.Headers.GetValues("retry-after").Single());
        Assert.Contains("rate_limit_exceeded", body, StringComparison.Ordinal);
        var bill = await sim.BillAsync();
        Assert.Equal("gpt-4o-mini", bill.ModelRequested);
        Assert.Equal(0, bill.NanoUsd);
    }

    [Fact]
    public async Task A_script_meets_as_many_matching_calls_as_it_was_set_for()
    {
        await using var sim = await SimulatorFixture.StartAsync();
        sim.Host.Script(new Scenario { Status = 529 }, times: 2, when: r => r.Target.StartsWith("/b/", StringComparison.Ordinal));

        var statuses = new List<int>();
        foreach (var prefix in new[] { "a", "b", "b", "b" })
            statuses.Add((int)(await sim.SendAsync(prefix + "/v1/messages", Whole)).Response.StatusCode);

        Assert.Equal([200, 529, 529, 200], statuses);
    }

    [Fact]
    public void A_directive_that_is_not_known_is_an_error() =>
        Assert.Throws<FormatException>(() => ScenarioText.Parse("cutAtBite=3"));

    [Theory]
    [InlineData(CutKind.Reset)]
    [InlineData(CutKind.Fin)]
    public async Task A_cut_comes_after_exactly_the_bytes_asked_for(CutKind kind)
    {
        await using var sim = await SimulatorFixture.StartAsync(new() { RecordBodies = true });
        sim.Host.Script(new Scenario { CutAtByte = 1234, CutKind = kind });

        var (received, error) = await ReadToBreakAsync(sim, Stream);

        Assert.Equal(kind == CutKind.Reset, error?.InnerException is SocketException);
        Assert.NotNull(error);
        Assert.Equal(1234, received.Length);
        var bill = await sim.BillAsync();
        Assert.Equal(received, bill.Body.ToArray());
        Assert.False(bill.FullySent);
        Assert.False(bill.ClientAborted);
        Assert.Equal(4, bill.Usage.Output);
        Assert.Equal((3 * 150) + (4 * 600), bill.NanoUsd);
    }

    [Fact]
    public async Task Gemini_bills_a_cut_stream_in_full()
    {
        await using var sim = await SimulatorFixture.StartAsync();
        sim.Host.Script(new Scenario { CutAtByte = 300, InputTokens = 10, OutputTokens = 80 });

        using var request = SimulatorFixture.Post("v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", "{}");
        await Assert.ThrowsAnyAsync<Exception>(() => sim.Client.SendAsync(request));

        Assert.Equal((10 * 300) + (80 * 2500), (await sim.BillAsync()).NanoUsd);
    }

    [Fact]
    public async Task A_client_that_leaves_a_stalled_stream_is_billed_for_what_was_produced()
    {
        await using var sim = await SimulatorFixture.StartAsync();
        sim.Host.Script(new Scenario { StallAtByte = 1000 });
        using var request = SimulatorFixture.Post("v1/chat/completions", Stream);
        var response = await sim.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[1000]);

        response.Dispose();

        var bill = await sim.BillAsync();
        Assert.True(bill.ClientAborted);
        Assert.False(bill.FullySent);
        Assert.Equal(1000, bill.BytesSent);
        Assert.Equal(3, bill.Usage.Output);
    }

    [Fact]
    public async Task The_connection_can_be_closed_before_any_header()
    {
        await using var sim = await SimulatorFixture.StartAsync();
        sim.Host.Script(new Scenario { CutBeforeHeaders = true, Bill = BillingRule.None });

        using var request = SimulatorFixture.Post("v1/chat/completions", Whole);
        await Assert.ThrowsAsync<HttpRequestException>(() => sim.Client.SendAsync(request));

        var bill = await sim.BillAsync();
        Assert.Equal(0, bill.Status);
        Assert.Equal(0, bill.NanoUsd);
    }

    [Fact]
    public async Task A_declared_length_can_be_longer_than_the_body()
    {
        await using var sim = await SimulatorFixture.StartAsync();
        sim.Host.Script(new Scenario { WrongContentLength = 10 });

        var (received, error) = await ReadToBreakAsync(sim, Whole);

        Assert.NotNull(error);
        Assert.Equal((await sim.BillAsync()).BytesSent, received.Length);
    }

    [Fact]
    public async Task Write_sizes_split_events_anywhere_without_changing_a_byte()
    {
        await using var sim = await SimulatorFixture.StartAsync(new() { RecordBodies = true });

        var (_, split) = await sim.SendAsync("v1/chat/completions", Stream, "writeSize=7");

        var bill = await sim.BillAsync();
        Assert.Equal(split, Encoding.UTF8.GetString(bill.Body.Span));
        Assert.EndsWith("data: [DONE]\n\n", split);
        Assert.All(bill.Flushes.SkipLast(1), (at, i) => Assert.Equal((i + 1) * 7, at));
        Assert.Equal(bill.BytesSent, bill.Flushes[^1]);
    }

    [Theory]
    [InlineData(Stream)]
    [InlineData(Whole)]
    public async Task Gzip_holds_the_same_answer(string requestBody)
    {
        await using var sim = await SimulatorFixture.StartAsync();

        using var request = SimulatorFixture.Post("v1/chat/completions", requestBody, "gzip");
        using var response = await sim.Client.SendAsync(request);

        Assert.Equal("gzip", response.Content.Headers.ContentEncoding.Single());
        using var reader = new StreamReader(new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress));
        Assert.Contains("lorem", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1/chat/completions", "\"server_error\"", "[DONE]")]
    [InlineData("v1/messages", "event: error", "message_stop")]
    [InlineData("v1/responses", "event: response.failed", "response.completed")]
    public async Task An_error_event_ends_the_stream_and_the_charge(string path, string error, string never)
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (_, body) = await sim.SendAsync(path, Stream, "errorEventMidStream,outputTokens=30");

        Assert.Contains(error, body, StringComparison.Ordinal);
        Assert.DoesNotContain(never, body, StringComparison.Ordinal);
        Assert.Equal(15, (await sim.BillAsync()).Usage.Output);
    }

    [Fact]
    public async Task Padding_makes_long_bodies_and_long_lines()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (_, body) = await sim.SendAsync("v1/chat/completions", Stream, "bigBodyBytes=100000,hugeLineBytes=70000");
        var (_, whole) = await sim.SendAsync("v1/chat/completions", Whole, "bigBodyBytes=100000");

        Assert.True(body.Split('\n').Max(line => line.Length) is > 70_000 and < 71_000);
        Assert.True(body.Length > 170_000);
        Assert.True(whole.Length > 100_000);
    }

    [Fact]
    public async Task A_missing_usage_is_billed_all_the_same_and_a_repeated_one_once()
    {
        await using var sim = await SimulatorFixture.StartAsync();
        const string Asking = """{"model":"gpt-4o-mini","stream":true,"stream_options":{"include_usage":true},"messages":[]}""";

        var (_, none) = await sim.SendAsync("v1/chat/completions", Asking, "noUsage,noDone,inputTokens=1,outputTokens=2");
        var (_, twice) = await sim.SendAsync("v1/chat/completions", Asking, "usageTwice,inputTokens=1,outputTokens=2");

        Assert.DoesNotContain("prompt_tokens\"", none, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", none, StringComparison.Ordinal);
        Assert.Equal(2, twice.Split("\"prompt_tokens\"").Length - 1);
        await sim.Host.WhenIdleAsync();
        Assert.All(sim.Host.Bills, bill => Assert.Equal(150 + 1200, bill.NanoUsd));
    }

    [Fact]
    public async Task The_bill_log_can_be_read_back_and_ignores_a_line_cut_by_a_crash()
    {
        var path = Path.Combine(Path.GetTempPath(), $"bills-{Path.GetRandomFileName()}.jsonl");
        try
        {
            IReadOnlyList<BillEntry> expected;
            await using (var sim = await SimulatorFixture.StartAsync(new() { BillLogPath = path }))
            {
                await sim.SendAsync("v1/chat/completions", Stream);
                await sim.SendAsync("v1/chat/completions", """{"model":"someone-elses","messages":[]}""");
                await sim.Host.WhenIdleAsync();
                expected = sim.Host.Bills;
                Assert.Equal(expected, BillLog.Read(path));
            }

            await File.AppendAllTextAsync(path, "{\"sequence\":3,\"at\"");

            Assert.Equal(expected, BillLog.Read(path));
            Assert.Null(expected[1].NanoUsd);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("gpt-5-mini", "flex", 1000, 1000, (1000 * 125L) + (1000 * 1000L))]
    [InlineData("gpt-4o-mini", "flex", 1000, 1000, (1000 * 150L) + (1000 * 600L))]
    [InlineData("gpt-4o", "priority", 10, 10, (10 * 4250L) + (10 * 17000L))]
    [InlineData("gpt-5.4", "default", 272_000, 1, (272_000 * 2500L) + 15_000)]
    [InlineData("gpt-5.4", "default", 272_001, 1, (272_001 * 5000L) + 22_500)]
    public async Task The_served_tier_and_the_size_of_the_input_set_the_price(string model, string tier, int input, int output, long nanoUsd)
    {
        await using var sim = await SimulatorFixture.StartAsync();

        await sim.SendAsync("v1/chat/completions", $$"""{"model":"{{model}}","service_tier":"{{tier}}","messages":[]}""", $"inputTokens={input},outputTokens={output}");

        Assert.Equal(nanoUsd, (await sim.BillAsync()).NanoUsd);
    }

    /// <summary>Reads an answer until its connection breaks, if it does.</summary>
    private static async Task<(byte[] Body, Exception? Error)> ReadToBreakAsync(SimulatorFixture sim, string requestBody)
    {
        using var request = SimulatorFixture.Post("v1/chat/completions", requestBody);
        using var response = await sim.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        using var received = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            for (int read; (read = await body.ReadAsync(buffer)) > 0;)
                received.Write(buffer, 0, read);
            return (received.ToArray(), null);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or SocketException)
        {
            return (received.ToArray(), e);
        }
    }
}
