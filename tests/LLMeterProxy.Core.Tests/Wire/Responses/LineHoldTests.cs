namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>Of a stream of JSON lines the last waits for the commit, and nothing else waits (design section 2).</summary>
public class LineHoldTests
{
    [Theory]
    [InlineData("ollama")]
    [InlineData("cohere")]
    public void Nothing_of_the_last_line_goes_before_the_commit(string format)
    {
        var (collector, body) = Of(format);
        var bytes = Bodies.Bytes(body);
        var start = body[..(body.TrimEnd('\n').LastIndexOf('\n') + 1)];
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(start, Playback.Of(collector(), bytes, cut).BeforeCommit);
        }

        Assert.Equal(start, Playback.ByteByByte(collector(), bytes).BeforeCommit);
    }

    [Theory]
    [InlineData("ollama")]
    [InlineData("cohere")]
    public void A_whole_last_line_commits_without_waiting_for_the_end(string format)
    {
        var (collector, body) = Of(format);
        Assert.True(Playback.Of(collector(), Bodies.Bytes(body)).CommittedEarly);
        Assert.True(Playback.Of(collector(), Bodies.Bytes(body.TrimEnd('\n'))).CommittedEarly);
    }

    [Fact]
    public void A_line_goes_as_soon_as_it_closes()
    {
        var playback = Playback.Begin(NativeBodies.Ollama());
        playback.Show("{\"model\":\"m\",\"message\":{\"content\":\"a\"},\"done\":false"u8);
        Assert.Equal("", playback.Client);
        playback.Show("}"u8);
        Assert.Equal("{\"model\":\"m\",\"message\":{\"content\":\"a\"},\"done\":false}", playback.Client);
        playback.Show("\r\n\r\n"u8);
        Assert.EndsWith("}\r\n\r\n", playback.Client, StringComparison.Ordinal);
    }

    [Fact]
    public void A_last_line_of_megabytes_is_let_go_but_for_its_end()
    {
        var body = NativeBodies.OllamaLines.Replace("\"done_reason\"", "\"context\":[" + string.Join(',', Enumerable.Repeat(12345, 500_000)) + "],\"done_reason\"", StringComparison.Ordinal);
        var bytes = Bodies.Bytes(body);
        var cuts = Enumerable.Range(1, (bytes.Length / 16_384) - 1).Select(i => i * 16_384).ToArray();
        var played = Playback.Of(NativeBodies.Ollama(), bytes, cuts);
        Assert.Equal(body, played.Client);
        Assert.Equal(18, played.Report.Usage!.InputTokens);
        Assert.True(played.LargestPending <= (1024 * 1024) + 16_384, $"held {played.LargestPending}");
        Assert.True(played.LargestBuffer < 64 * 1024);
    }

    [Fact]
    public void What_was_not_asked_to_stream_waits_with_its_closing_brace()
    {
        var close = NativeBodies.CohereBody.Length - 1;
        var played = Playback.Of(NativeBodies.CohereWhole(), Bodies.Bytes(NativeBodies.CohereBody), close);
        Assert.Equal(NativeBodies.CohereBody[..close], played.BeforeCommit);
        Assert.True(played.CommittedEarly);
    }

    [Fact]
    public void A_stream_that_ends_before_its_last_line_is_not_complete()
    {
        var cut = NativeBodies.OllamaLines[..NativeBodies.OllamaLines.IndexOf("\"done\":true", StringComparison.Ordinal)];
        var played = Bodies.Play(NativeBodies.Ollama, cut);
        Assert.True(played.Report is { Usage: null, TerminalSeen: false, FinishSeen: false, OutputTextBytes: 8 });
        Assert.Equal(cut, played.Client);
    }

    private static (Func<LLMeterProxy.Core.Wire.IUsageCollector> Collector, string Body) Of(string format) => format switch
    {
        "ollama" => (NativeBodies.Ollama, NativeBodies.OllamaLines),
        _ => (NativeBodies.Cohere, NativeBodies.CohereLines),
    };
}
