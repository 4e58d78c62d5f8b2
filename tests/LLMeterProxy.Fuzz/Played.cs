using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Fuzz;

/// <summary>A body shown to a collector in pieces, with what the client would have got.</summary>
/// <param name="Problem">Null where every verdict kept to the contract of <see cref="ChunkVerdict"/>.</param>
internal sealed record Played(UsageReport Report, byte[] Client, string? Problem)
{
    /// <param name="cuts">Where the pieces end, ascending.</param>
    public static Played Of(IUsageCollector collector, byte[] body, IEnumerable<int> cuts)
    {
        var client = new List<byte>(body.Length);
        var released = 0;
        var committed = false;
        string? problem = null;

        void Apply(ChunkVerdict verdict, int shown)
        {
            if (verdict.Release < 0 || released + verdict.Release > shown
                || verdict.DropStart < 0 || verdict.DropLength < 0 || verdict.DropStart + verdict.DropLength > verdict.Release)
            {
                problem ??= $"verdict {verdict} with {shown - released} bytes waiting";
                return;
            }

            client.AddRange(body.AsSpan(released, verdict.DropStart));
            client.AddRange(body.AsSpan(released + verdict.DropStart + verdict.DropLength, verdict.Release - verdict.DropStart - verdict.DropLength));
            released += verdict.Release;
            if (!verdict.Commit)
            {
                return;
            }

            problem ??= committed ? "committed twice" : null;
            committed = true;
            client.AddRange(body.AsSpan(released, shown - released));
            released = shown;
        }

        var at = 0;
        foreach (var cut in cuts.Append(body.Length))
        {
            Apply(collector.Observe(body.AsSpan(at..cut)), cut);
            at = cut;
        }

        Apply(collector.Finish(), body.Length);
        problem ??= committed ? null : "never committed";
        problem ??= released == body.Length ? null : $"{body.Length - released} bytes never released";
        return new Played(collector.Report(), [.. client], problem);
    }

    /// <summary>Ends of pieces: every byte, a few, or none.</summary>
    public static IEnumerable<int> Cuts(Random random, int length) => random.Next(3) switch
    {
        0 => Enumerable.Range(1, Math.Max(0, length - 1)),
        1 => Enumerable.Range(0, random.Next(8)).Select(_ => random.Next(length + 1)).Order(),
        _ => [],
    };
}
