using System.Text;
using System.Text.Json;
using CsCheck;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>However a body is split, the report and the client's bytes are the same (A39, A40, T63).</summary>
[Trait("Acceptance", "A39")]
[Trait("Acceptance", "T63")]
public sealed class FamilySplitTests
{
    public static TheoryData<int> Fixtures { get; } = [.. Enumerable.Range(0, FamilyBodies.All.Count)];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Every_split_in_two_and_byte_by_byte_give_the_same_report_and_bytes(int index)
    {
        var fixture = FamilyBodies.All[index];
        var expected = Text(Playback.Of(fixture.Collector(), fixture.Bytes).Report);
        for (var cut = 0; cut <= fixture.Bytes.Length; cut++)
            Check(fixture, expected, Playback.Of(fixture.Collector(), fixture.Bytes, cut));
        Check(fixture, expected, Playback.ByteByByte(fixture.Collector(), fixture.Bytes));
    }

    [Fact]
    public void Random_splits_give_the_same_report_and_bytes()
    {
        var expected = FamilyBodies.All.Select(fixture => Text(Playback.Of(fixture.Collector(), fixture.Bytes).Report)).ToArray();
        Gen.Select(Gen.Int[0, FamilyBodies.All.Count - 1], Gen.Int[0, 10_000].Array[0, 12]).Sample(
            (index, points) =>
            {
                var fixture = FamilyBodies.All[index];
                var cuts = points.Select(point => point * fixture.Bytes.Length / 10_000).Order().ToArray();
                Check(fixture, expected[index], Playback.Of(fixture.Collector(), fixture.Bytes, cuts));
            },
            iter: 30_000);
    }

    [Fact]
    public void The_fixtures_mean_what_they_say()
    {
        // An empty report would be the same under every split.
        foreach (var fixture in FamilyBodies.All)
        {
            var report = Playback.Of(fixture.Collector(), fixture.Bytes).Report;
            Assert.True(report is { IsFinal: true, TerminalSeen: true, ErrorSeen: false, Usage: not null }, fixture.Name);
            Assert.True(report.Usage.InputTokens > 0 || report.Usage.Units.Count > 0, fixture.Name);
        }
    }

    private static void Check(Fixture fixture, string expected, Playback playback)
    {
        Assert.Equal(expected, Text(playback.Report));
        Assert.True(fixture.Client.AsSpan().SequenceEqual(playback.ClientBytes), fixture.Name);
    }

    private static string Text(UsageReport report) =>
        JsonSerializer.Serialize(report with { RawUsage = default }) + Encoding.UTF8.GetString(report.RawUsage.Span);
}
