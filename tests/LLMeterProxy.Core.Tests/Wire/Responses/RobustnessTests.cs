using CsCheck;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>Whatever an upstream sends: no exception, no lost byte, no growth (A43, T67, G21).</summary>
public class RobustnessTests
{
    private static readonly Func<IUsageCollector>[] _collectors =
        [Bodies.Chat, Bodies.Ask, Bodies.Completions, Bodies.Responses, Bodies.Messages, Bodies.RouterMessages, Bodies.Gemini, NativeBodies.Ollama, NativeBodies.Cohere, NativeBodies.Interactions, NativeBodies.Predict];

    [Fact]
    public void Damaged_bodies_never_throw_and_lose_no_byte()
    {
        var small = Bodies.All.Where(f => f.Bytes.Length is > 0 and < 10_000).ToArray();
        var cases = Gen.Select(
            Gen.Int[0, _collectors.Length - 1],
            Gen.Int[0, small.Length - 1],
            Gen.Select(Gen.Int[0, 10_000], Gen.OneOf(Gen.Byte, Pick.From("\"\\{}[],:\n\r 0-e"u8.ToArray()))).Array[0, 20],
            Gen.Int[0, 10_000].Array[0, 5]);
        cases.Sample(
            (collector, body, damage, points) =>
            {
                byte[] bytes = [.. small[body].Bytes];
                foreach (var (point, value) in damage)
                {
                    bytes[point * (bytes.Length - 1) / 10_000] = value;
                }

                var cuts = points.Select(point => point * bytes.Length / 10_000).Order().ToArray();
                var played = Playback.Of(_collectors[collector](), bytes, cuts);
                Assert.True(collector == 1 ? played.ClientBytes.Length <= bytes.Length : played.ClientBytes.AsSpan().SequenceEqual(bytes));
                if (played.Report.Usage is { } usage)
                {
                    Assert.True(usage is { InputTokens: >= 0, UncachedInputTokens: >= 0, OutputTokens: >= 0, CacheReadTokens: >= 0, CacheWrite5mTokens: >= 0 });
                }
            },
            iter: 100_000);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        Gen.Select(Gen.Int[0, _collectors.Length - 1], Gen.Byte.Array[0, 200]).Sample(
            (collector, bytes) => Assert.Equal(bytes, Playback.ByteByByte(_collectors[collector](), bytes).ClientBytes),
            iter: 5_000);
    }

    [Theory]
    [Trait("Acceptance", "T67")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"", 0)]
    [InlineData("data: ", 1)]
    [InlineData(": ", 0)]
    [InlineData("event: ", 3)]
    [InlineData("data: {\"type\":\"response.completed\",\"response\":{\"x\":\"", 3)]
    [InlineData("{\"usage\":{\"x\":\"", 0)]
    [InlineData("[[[[[[[[[[[[[", 6)]
    [InlineData("no format at all", 2)]
    [InlineData("{\"message\":{\"content\":\"", 7)]
    [InlineData("{\"done\":true,\"context\":[", 7)]
    [InlineData("{}\nno document ", 7)]
    [InlineData("{\"meta\":{\"x\":\"", 8)]
    public void Fifty_megabytes_without_a_line_end_are_read_in_constant_memory(string opening, int collector)
    {
        var meter = _collectors[collector]();
        meter.Observe(Bodies.Bytes(opening));
        var part = new byte[64 * 1024];
        part.AsSpan().Fill((byte)'x');
        meter.Observe(part);
        meter.Observe(part);
        var before = GC.GetAllocatedBytesForCurrentThread();
        long held = opening.Length + (2 * part.Length);
        for (var i = 0; i < 800; i++)
        {
            held += part.Length - meter.Observe(part).Release;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 4096, $"allocated {allocated}");
        Assert.True(((LLMeterProxy.Core.Wire.Scanning.ResponseCollector)meter).BufferedBytes <= 128 * 1024);
        Assert.True(held <= (1024 * 1024) + (3 * part.Length), $"held {held}");
        Assert.True(meter.Finish().Commit);
        Assert.Null(meter.Report().Usage);
    }

    [Fact]
    public void A_stream_of_600_000_tokens_allocates_nothing_per_chunk()
    {
        var meter = Bodies.Chat();
        meter.Observe(Bodies.Bytes(Bodies.ChatStream[..Bodies.ChatStream.IndexOf("data: {\"id\":\"chatcmpl-1\"", 10, StringComparison.Ordinal)]));
        var chunk = Bodies.Bytes("data: {\"id\":\"chatcmpl-1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word\"},\"finish_reason\":null}],\"usage\":null}\n\n");
        meter.Observe(chunk);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var released = 0L;
        for (var i = 0; i < 600_000; i++)
        {
            released += meter.Observe(chunk).Release;
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4096);
        Assert.Equal(600_000L * chunk.Length, released);
        Assert.Equal(2_400_004, meter.Report().OutputTextBytes);
    }

    [Fact]
    [Trait("Acceptance", "T67")]
    public void Usage_after_a_line_of_ten_megabytes_is_read()
    {
        var image = "data: {\"choices\":[{\"delta\":{\"content\":\"" + new string('A', 10_000_000) + "\"}}]}\n\n";
        var body = Bodies.Bytes(image + Bodies.ChatStream);
        var cuts = Enumerable.Range(1, (body.Length / 16_000) - 1).Select(i => i * 16_000).ToArray();
        var played = Playback.Of(Bodies.Chat(), body, cuts);
        Assert.Equal(20, played.Report.Usage!.InputTokens);
        Assert.True(played.Report.OutputTextBytes > 10_000_000);
        Assert.True(played.LargestBuffer < 128 * 1024);
        Assert.Empty(played.Report.Flags);
    }
}
