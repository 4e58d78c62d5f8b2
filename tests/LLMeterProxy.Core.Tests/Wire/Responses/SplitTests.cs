using System.Text;
using System.Text.Json;
using CsCheck;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>A report and the client's bytes do not depend on how the body was split (A39, A40, T63).</summary>
[Trait("Acceptance", "A39")]
[Trait("Acceptance", "T63")]
public class SplitTests
{
    public static TheoryData<int> Fixtures { get; } = [.. Enumerable.Range(0, Bodies.All.Count)];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Every_split_in_two_gives_the_same_report_and_bytes(int index)
    {
        var fixture = Bodies.All[index];
        var expected = Text(Playback.Of(fixture.Collector(), fixture.Bytes).Report);
        var step = Math.Max(1, fixture.Bytes.Length / 3000);
        for (var cut = 0; cut <= fixture.Bytes.Length; cut += step)
        {
            Check(fixture, expected, Playback.Of(fixture.Collector(), fixture.Bytes, cut));
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Byte_by_byte_gives_the_same_report_and_bytes(int index)
    {
        var fixture = Bodies.All[index];
        var expected = Text(Playback.Of(fixture.Collector(), fixture.Bytes).Report);
        Check(fixture, expected, Playback.ByteByByte(fixture.Collector(), fixture.Bytes));
    }

    [Fact]
    public void Random_splits_give_the_same_report_and_bytes()
    {
        var expected = Bodies.All.Select(fixture => Text(Playback.Of(fixture.Collector(), fixture.Bytes).Report)).ToArray();
        var small = Enumerable.Range(0, Bodies.All.Count).Where(i => Bodies.All[i].Bytes.Length < 10_000).ToArray();
        var cases = Gen.Select(Gen.Int[0, small.Length - 1], Gen.Int[0, 10_000].Array[0, 12]);
        cases.Sample(
            (index, points) =>
            {
                var fixture = Bodies.All[small[index]];
                var cuts = points.Select(point => point * fixture.Bytes.Length / 10_000).Order().ToArray();
                Check(fixture, expected[small[index]], Playback.Of(fixture.Collector(), fixture.Bytes, cuts));
            },
            iter: 100_000);
    }

    [Fact]
    public void The_fixtures_mean_what_they_say()
    {
        // An empty report would be the same under every split.
        foreach (var fixture in Bodies.All.Where(f => f.Name is not ("text" or "empty") && !f.Name.Contains("cut", StringComparison.Ordinal)))
        {
            var report = Playback.Of(fixture.Collector(), fixture.Bytes).Report;
            Assert.True(report.Usage is { InputTokens: > 0, OutputTokens: > 0 }, fixture.Name);
            Assert.True(report is { IsFinal: true, FinishSeen: true, TerminalSeen: true, ErrorSeen: false }, fixture.Name);
            Assert.True(report.Model is not null || fixture.Name.StartsWith("cohere", StringComparison.Ordinal), fixture.Name);
        }
    }

    private static void Check(Fixture fixture, string expected, Playback playback)
    {
        Assert.Equal(expected, Text(playback.Report));
        if (!fixture.Client.AsSpan().SequenceEqual(playback.ClientBytes))
        {
            Assert.Equal(Encoding.UTF8.GetString(fixture.Client), playback.Client);
        }
    }

    private static string Text(UsageReport report) =>
        JsonSerializer.Serialize(report with { RawUsage = default }) + Encoding.UTF8.GetString(report.RawUsage.Span);
}
