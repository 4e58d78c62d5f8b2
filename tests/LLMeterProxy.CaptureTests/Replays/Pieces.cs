namespace LLMeterProxy.CaptureTests.Replays;

/// <summary>Where a body is cut.</summary>
internal static class Pieces
{
    /// <summary>
    /// Bytes at each end of a body that are sent one by one. What a body is metered by stands near its ends; between them
    /// a longer body goes in random pieces, so that a run ends within minutes.
    /// </summary>
    public const int SingleBytesAtEachEnd = 4096;

    private const int LongestMiddlePiece = 257;

    /// <returns>The lengths of the pieces, which sum to <paramref name="length"/>.</returns>
    public static List<int> Cut(int length, BodyWay way, Random random) => way switch
    {
        BodyWay.Whole => [length],
        BodyWay.Random => AtRandom(length, random),
        _ => OneByOne(length, random),
    };

    private static List<int> AtRandom(int length, Random random)
    {
        // Few cuts hide what many show, and the reverse.
        var longest = Math.Max(2, length / random.Next(1, 64));
        var pieces = new List<int>();
        for (var at = 0; at < length;)
            pieces.Add(Take(ref at, random.Next(1, longest + 1), length));
        return pieces;
    }

    private static List<int> OneByOne(int length, Random random)
    {
        var pieces = new List<int>();
        for (var at = 0; at < length;)
        {
            var isNearEnd = at < SingleBytesAtEachEnd || at >= length - SingleBytesAtEachEnd;
            var piece = isNearEnd ? 1 : Math.Min(random.Next(1, LongestMiddlePiece), length - SingleBytesAtEachEnd - at);
            pieces.Add(Take(ref at, piece, length));
        }

        return pieces;
    }

    private static int Take(ref int at, int piece, int length)
    {
        var taken = Math.Min(piece, length - at);
        at += taken;
        return taken;
    }
}
