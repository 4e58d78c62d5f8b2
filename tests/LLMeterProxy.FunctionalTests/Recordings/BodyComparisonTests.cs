using System.Text;
using System.Text.Json;
using LLMeterProxy.CaptureTests.Comparison;
using LLMeterProxy.CaptureTests.Recordings;
using LLMeterProxy.CaptureTests.Replays;

namespace LLMeterProxy.FunctionalTests.Recordings;

public sealed class BodyComparisonTests
{
    private const string First = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
    private const string Usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\n\n";
    private const string Done = "data: [DONE]\n\n";

    private const string Asks = "{\"stream_options\":{\"include_usage\":true}}";

    [Fact]
    public void The_recorded_bytes_are_equal() => Assert.Empty(Compare(First + Usage + Done, First + Usage + Done, sent: "{}", upstream: "{}"));

    [Fact]
    public void The_usage_chunk_may_be_missing_where_the_gateway_alone_asked_for_it() =>
        Assert.Empty(Compare(First + Usage + Done, First + Done, sent: "{}", upstream: Asks));

    [Theory]
    [InlineData(First + Usage + Done, First + Done, Asks, Asks)]
    [InlineData(First + Usage + Done, First + Done, "{}", "{}")]
    [InlineData(First + Usage + Done, Usage + Done, "{}", Asks)]
    [InlineData(First + Usage + Done, First + Usage, "{}", Asks)]
    [InlineData(First + Usage + Done, First, "{}", Asks)]
    [InlineData(First + Done, First + Done + "\n", "{}", Asks)]
    [InlineData(First + Done, First + "data: [DONE]\n ", "{}", Asks)]
    public void Any_other_edit_is_named(string recorded, string got, string sent, string upstream) =>
        Assert.Equal("bytes", Assert.Single(Compare(recorded, got, sent, upstream)).Field);

    private static List<Difference> Compare(string recorded, string got, string sent, string upstream)
    {
        var capture = new Capture
        {
            Id = "a/b",
            Provider = "a",
            Dialect = "chat",
            Method = HttpMethod.Post,
            Endpoint = "/v1/chat/completions",
            IsStream = true,
            Status = 200,
            BodyFormat = "sse",
            Body = Encoding.UTF8.GetBytes(recorded),
            ResponseHeaders = [],
            Expected = default,
        };
        var replay = new Replay("a/b", capture, BodyWay.Whole, [capture.Body.Length], WithLength: false) { UpstreamRequest = Encoding.UTF8.GetBytes(upstream) };
        var call = new CallResult(replay, 200, "text/event-stream", Encoding.UTF8.GetBytes(got), 1, Encoding.UTF8.GetBytes(sent), null, default(JsonElement));
        return [.. BodyComparison.Of(call)];
    }
}
