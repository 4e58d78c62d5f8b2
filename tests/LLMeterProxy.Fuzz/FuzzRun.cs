using System.Collections.Concurrent;

namespace LLMeterProxy.Fuzz;

/// <summary>Runs the cases of one target on all processors. A case depends on the seed and its number alone.</summary>
internal static class FuzzRun
{
    public static IReadOnlyList<(int Number, string Text)> Run(IFuzzTarget target, int cases, int seed)
    {
        var failures = new ConcurrentBag<(int, string)>();
        Parallel.For(0, cases, number =>
        {
            var random = new Random(unchecked((seed * 397) ^ (number * 7919)));
            string? failure;
            try
            {
                failure = target.Run(random);
            }
#pragma warning disable CA1031 // Whatever is thrown is what is looked for.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = e.ToString();
            }

            if (failure is not null)
            {
                failures.Add((number, failure));
            }
        });
        return [.. failures.OrderBy(f => f.Item1)];
    }
}
