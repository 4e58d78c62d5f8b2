namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>The usage chunk that we asked for and the client did not is taken out, and nothing else (A37, G16, G17).</summary>
[Trait("Acceptance", "A37")]
[Trait("Acceptance", "G16")]
public class UsageChunkTests
{
    private const string Content = "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}\n\n";
    private const string Done = "data: [DONE]\n\n";
    private const string Usage = "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,\"total_tokens\":4}";

    [Theory]
    [InlineData("{\"model\":\"m\",\"choices\":[]," + Usage + "}")]
    [InlineData("{\"model\":\"m\"," + Usage + "}")]
    [InlineData("{" + Usage + ",\"choices\" : [ ] }")]
    [InlineData("{\"model\":\"m\",\"choices\":null," + Usage + "}")]
    public void A_chunk_with_usage_and_no_choice_is_dropped_whole(string chunk)
    {
        var played = Bodies.Play(Bodies.Ask, Content + "data: " + chunk + "\n\n" + Done);
        Assert.Equal(Content + Done, played.Client);
        Assert.Equal(3, played.Report.Usage!.InputTokens);
    }

    [Theory]
    [InlineData("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]," + Usage + "}")]
    [InlineData("{\"choices\":[]," + Usage + ",\"error\":{\"message\":\"m\"}}")]
    [InlineData("{\"choices\":[],\"usage\":null}")]
    [InlineData("{\"choices\":[],\"prompt_filter_results\":[]}")]
    public void A_chunk_with_a_choice_an_error_or_no_usage_stays(string chunk)
    {
        var body = Content + "data: " + chunk + "\n\n" + Done;
        Assert.Equal(body, Bodies.Play(Bodies.Ask, body).Client);
    }

    [Fact]
    public void Usage_in_the_finish_chunk_stays_and_its_repetition_goes()
    {
        const string Finish = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]," + Usage + ",\"x_groq\":{" + Usage + "}}\n\n";
        var played = Bodies.Play(Bodies.Ask, Finish + "data: {\"choices\":[]," + Usage + "}\n\n" + Done);
        Assert.Equal(Finish + Done, played.Client);
        Assert.Equal((3, 1), (played.Report.Usage!.InputTokens, played.Report.Usage.OutputTokens));
    }

    [Fact]
    public void The_last_chunk_is_dropped_at_the_end_even_without_its_blank_line()
    {
        var played = Bodies.Play(Bodies.Ask, Content + "data: {\"choices\":[]," + Usage + "}");
        Assert.Equal(Content, played.Client);
        Assert.Equal(1, played.Report.Usage!.OutputTokens);
    }

    [Fact]
    public void Adjacent_usage_chunks_are_dropped_together()
    {
        const string Chunk = "data: {\"choices\":[]," + Usage + "}\n\n";
        var bytes = Bodies.Bytes(Content + Chunk + Chunk + Done);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(Content + Done, Playback.Of(Bodies.Ask(), bytes, cut).Client);
        }
    }

    [Fact]
    public void A_client_that_asked_gets_every_byte()
    {
        Assert.Equal(Bodies.ChatStream, Bodies.Play(Bodies.Chat, Bodies.ChatStream).Client);
    }
}
