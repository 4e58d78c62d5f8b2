using LLMeterProxy.CaptureTests;
using LLMeterProxy.CaptureTests.Recordings;
using LLMeterProxy.CaptureTests.Replays;
using LLMeterProxy.CaptureTests.Results;

namespace LLMeterProxy.FunctionalTests.Recordings;

/// <summary>The replay of recordings itself: what is right passes, and what is off by one does not.</summary>
public sealed class CaptureRunTests
{
    // The form of OpenAI's public API reference: cached and reasoning tokens are inside the totals.
    private const string Chat =
        """{"id":"chatcmpl-1","object":"chat.completion","model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":7,"total_tokens":27,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":3}}}""";

    // The usage chunk comes to those that asked for it; the gateway asks for all.
    private const string ChatStream =
        "data: {\"id\":\"chatcmpl-1\",\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hé\"},\"finish_reason\":null}]}\n\n"
        + "data: {\"id\":\"chatcmpl-1\",\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
        + "data: {\"id\":\"chatcmpl-1\",\"model\":\"gpt-4o-mini\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,\"total_tokens\":11}}\n\n"
        + "data: [DONE]\n\n";

    // Anthropic's public API reference: the input side at the start, the output in the last delta, caches beside the input.
    private const string MessageStream =
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-sonnet-4-5-20250929\",\"content\":[],\"usage\":{\"input_tokens\":5,\"cache_creation_input_tokens\":30,\"cache_read_input_tokens\":70,\"cache_creation\":{\"ephemeral_5m_input_tokens\":10,\"ephemeral_1h_input_tokens\":20},\"output_tokens\":1,\"service_tier\":\"standard\"}}}\n\n"
        + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi\"}}\n\n"
        + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":12,\"server_tool_use\":{\"web_search_requests\":1}}}\n\n"
        + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    private static readonly object _streamRequest = new { model = "gpt-4o-mini", stream = true, messages = new[] { new { role = "user", content = "Hi" } } };

    [Fact]
    public async Task A_recording_that_is_metered_as_expected_passes_in_every_way()
    {
        using var folder = new RecordingFolder();
        folder.Add("openai/chat", "chat", "/v1/chat/completions", Chat, ExpectedOfChat());
        folder.Add("somewhere/chat.stream", "chat", "/v1/chat/completions", ChatStream, new { input_tokens = 9, uncached_input_tokens = 9, output_tokens = 2 }, format: "sse", request: _streamRequest);
        folder.Add("anthropic/messages.stream", "anthropic", "/v1/messages?beta=true", MessageStream, ExpectedOfMessages(), new { web_search_requests = 1, service_tier = "standard" }, format: "sse");
        folder.Add("openai/error", "chat", "/v1/chat/completions", """{"error":{"message":"No.","type":"invalid_request_error"}}""", null, status: 400);

        var results = await RunAsync(folder);

        Assert.All(results, result => Assert.Empty(result.Differences));
        Assert.All(results, result => Assert.Equal([BodyWay.Whole, BodyWay.Random, BodyWay.Random, BodyWay.Bytes], result.Calls.Select(call => call.Replay.Way)));
    }

    [Theory]
    [InlineData("input_tokens")]
    [InlineData("uncached_input_tokens")]
    [InlineData("cached_input_tokens")]
    [InlineData("cache_write_tokens")]
    [InlineData("cache_write_5m_tokens")]
    [InlineData("cache_write_1h_tokens")]
    [InlineData("output_tokens")]
    public async Task A_figure_that_is_one_too_many_is_named(string field)
    {
        using var folder = new RecordingFolder();
        var expected = ExpectedOfMessages();
        expected[field]++;
        folder.Add("anthropic/messages.stream", "anthropic", "/v1/messages", MessageStream, expected, new { web_search_requests = 1 }, format: "sse");

        var result = Assert.Single(await RunAsync(folder));

        var difference = Assert.Single(result.Differences);
        Assert.Equal(field, difference.Field);
        Assert.Equal($"{expected[field]}", difference.Expected);
        Assert.Equal($"{expected[field] - 1}", difference.Got);
    }

    [Fact]
    public async Task A_figure_that_is_called_reported_and_was_not_is_named()
    {
        using var folder = new RecordingFolder();
        var expected = ExpectedOfChat();
        expected.Remove("reasoning_tokens");
        folder.Add("openai/chat", "chat", "/v1/chat/completions", Chat, expected);

        var difference = Assert.Single(Assert.Single(await RunAsync(folder)).Differences);

        Assert.Equal("reasoning_tokens: expected not reported, got 3", difference.ToString());
    }

    [Fact]
    public async Task A_search_that_the_record_lacks_or_counts_beyond_the_expectation_is_named()
    {
        using var folder = new RecordingFolder();
        folder.Add("anthropic/more", "anthropic", "/v1/messages", MessageStream, ExpectedOfMessages(), new { web_search_requests = 2 }, format: "sse");
        folder.Add("anthropic/none", "anthropic", "/v1/messages", MessageStream, ExpectedOfMessages(), format: "sse");

        var results = await RunAsync(folder);

        Assert.Equal(["unit web_search: expected 2, got 1"], results[0].Differences.Select(d => d.ToString()));
        Assert.Equal(["unit web_search: expected none, got 1"], results[1].Differences.Select(d => d.ToString()));
    }

    [Fact]
    public async Task A_route_that_is_refused_by_design_is_shown_with_its_code_and_is_no_failure()
    {
        using var folder = new RecordingFolder();
        folder.Add("openai/batch", "batch", "/v1/batches/batch_1", "{}", null, method: "GET");
        folder.Add("openai/nowhere", "batch", "/v1/nowhere", "{}", null, method: "GET");

        var results = await RunAsync(folder);

        Assert.Equal("endpoint_not_metered", results[0].RefusedWith);
        Assert.False(results[1].IsRefused);
        Assert.Equal("call: expected forwarded, got 404 unknown_url", Assert.Single(results[1].Differences).ToString());
    }

    private static Dictionary<string, int> ExpectedOfChat() => new()
    {
        ["input_tokens"] = 20,
        ["uncached_input_tokens"] = 16,
        ["cached_input_tokens"] = 4,
        ["output_tokens"] = 7,
        ["reasoning_tokens"] = 3,
        ["audio_input_tokens"] = 0,
    };

    private static Dictionary<string, int> ExpectedOfMessages() => new()
    {
        ["input_tokens"] = 105,
        ["uncached_input_tokens"] = 5,
        ["cached_input_tokens"] = 70,
        ["cache_write_tokens"] = 30,
        ["cache_write_5m_tokens"] = 10,
        ["cache_write_1h_tokens"] = 20,
        ["output_tokens"] = 12,
    };

    private static Task<IReadOnlyList<CaptureResult>> RunAsync(RecordingFolder folder) =>
        CaptureRun.RunAsync(CaptureFolder.Read(folder.Path, only: null), new RunOptions(folder.Path, null, Seed: 1, Rounds: 2, Details: false, Parallel: 4));
}
