using CsCheck;
using LLMeterProxy.CaptureTests.Replays;

namespace LLMeterProxy.FunctionalTests.Recordings;

public sealed class PiecesTests
{
    [Fact]
    public void Every_way_of_cutting_hands_over_every_byte_once() => Gen.Select(Gen.Int[0, 40_000], Gen.Int[0, 2], Gen.Int).Sample((length, way, seed) =>
    {
        var pieces = Pieces.Cut(length, (BodyWay)way, new Random(seed));
        Assert.Equal(length, pieces.Sum());
        Assert.True(length == 0 || pieces.TrueForAll(piece => piece > 0));
    });

    [Fact]
    public void Byte_by_byte_is_one_byte_at_both_ends_of_a_long_body_and_everywhere_in_a_short_one()
    {
        var random = new Random(1);
        Assert.All(Pieces.Cut(2 * Pieces.SingleBytesAtEachEnd, BodyWay.Bytes, random), piece => Assert.Equal(1, piece));
        var pieces = Pieces.Cut(1_000_000, BodyWay.Bytes, random);
        Assert.All(pieces.Take(Pieces.SingleBytesAtEachEnd).Concat(pieces.TakeLast(Pieces.SingleBytesAtEachEnd)), piece => Assert.Equal(1, piece));
    }
}
