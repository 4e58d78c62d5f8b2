namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>The terminal bytes wait for the commit, and nothing else waits (design section 2).</summary>
public class HoldTests
{
    [Theory]
    [InlineData("chat", "data: [DONE]")]
    [InlineData("responses", "event: response.completed")]
    [InlineData("messages", "event: message_stop")]
    public void Nothing_of_the_terminal_event_goes_before_the_commit(string format, string terminal)
    {
        var (collector, body) = Of(format);
        var bytes = Bodies.Bytes(body);
        var start = body[..body.IndexOf(terminal, StringComparison.Ordinal)];
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(start, Playback.Of(collector(), bytes, cut).BeforeCommit);
        }

        Assert.Equal(start, Playback.ByteByByte(collector(), bytes).BeforeCommit);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    [InlineData("messages")]
    [InlineData("json")]
    [InlineData("array")]
    public void A_whole_terminal_event_or_body_commits_without_waiting_for_the_end(string format)
    {
        var (collector, body) = Of(format);
        Assert.True(Playback.Of(collector(), Bodies.Bytes(body)).CommittedEarly);
    }

    [Fact]
    public void Events_without_a_terminal_event_commit_at_the_end()
    {
        var played = Bodies.Play(Bodies.Gemini, Bodies.GeminiStream);
        Assert.False(played.CommittedEarly);
        Assert.Equal(Bodies.GeminiStream, played.BeforeCommit);
        Assert.True(played.Report.TerminalSeen);
    }

    [Fact]
    public void An_event_that_cannot_be_terminal_goes_before_it_is_complete()
    {
        var playback = Playback.Begin(Bodies.Chat());
        playback.Show("data: {\"choices\":["u8);
        Assert.Equal("data: {\"choices\":[", playback.Client);

        playback = Playback.Begin(Bodies.Messages());
        playback.Show("event: content_block_delta\ndata: {\"ty"u8);
        Assert.Equal("event: content_block_delta\ndata: {\"ty", playback.Client);
    }

    [Fact]
    public void Comments_and_blank_lines_are_not_held()
    {
        var playback = Playback.Begin(Bodies.Chat());
        playback.Show(": keep-alive"u8);
        playback.Show("\n\n: again\n\n"u8);
        Assert.Equal(": keep-alive\n\n: again\n\n", playback.Client);

        playback = Playback.Begin(Bodies.Chat());
        playback.Show("\n\n\n"u8);
        Assert.Equal("\n\n\n", playback.Client);
    }

    [Fact]
    public void The_read_that_closes_a_body_is_held_whole()
    {
        var bytes = Bodies.Bytes(Bodies.ChatJson);
        var close = Bodies.ChatJson.LastIndexOf('}');
        Assert.Equal(Bodies.ChatJson[..close], Playback.Of(Bodies.Chat(), bytes, Bodies.Bytes(Bodies.ChatJson[..close]).Length).BeforeCommit);
        Assert.Equal("", Playback.Of(Bodies.Chat(), bytes).BeforeCommit);
    }

    [Fact]
    public void A_terminal_event_of_megabytes_is_let_go_but_for_its_last_bytes()
    {
        var body = Bodies.ResponsesStream.Replace("\"query\":\"q\"", "\"query\":\"" + new string('q', 3_000_000) + "\"", StringComparison.Ordinal);
        var bytes = Bodies.Bytes(body);
        var cuts = Enumerable.Range(1, (bytes.Length / 16_384) - 1).Select(i => i * 16_384).ToArray();
        var played = Playback.Of(Bodies.Responses(), bytes, cuts);
        Assert.Equal(body, played.Client);
        Assert.NotNull(played.Report.Usage);
        Assert.True(played.LargestPending <= (1024 * 1024) + 16_384, $"held {played.LargestPending}");
        Assert.True(played.BeforeCommit.Length < body.Length - 1000);
    }

    [Fact]
    public void After_the_commit_everything_passes_and_changes_nothing()
    {
        var played = Bodies.Play(Bodies.RouterMessages, Bodies.OpenRouterMessages + Bodies.MessagesStream);
        Assert.Equal(12, played.Report.Usage!.InputTokens);
        Assert.Equal(Bodies.OpenRouterMessages + Bodies.MessagesStream, played.Client);
    }

    private static (Func<LLMeterProxy.Core.Wire.IUsageCollector> Collector, string Body) Of(string format) => format switch
    {
        "chat" => (Bodies.Chat, Bodies.ChatStream),
        "responses" => (Bodies.Responses, Bodies.ResponsesStream),
        "messages" => (Bodies.Messages, Bodies.MessagesStream),
        "json" => (Bodies.Chat, Bodies.ChatJson),
        _ => (Bodies.Gemini, Bodies.GeminiArray),
    };
}
