using System.Globalization;

namespace LLMeterProxy.CaptureTests;

/// <param name="Folder">Where <c>index.json</c> is.</param>
/// <param name="Only">A pattern of ids with <c>*</c> and <c>?</c>; null takes all.</param>
/// <param name="Seed">Decides every cut; the same seed cuts the same way.</param>
/// <param name="Rounds">How often each body is split at random borders.</param>
internal sealed record RunOptions(string Folder, string? Only, int Seed, int Rounds, bool Details, int Parallel)
{
    public const string Usage = "captures DIR [--only=GLOB] [--seed=N] [--rounds=N] [--parallel=N] [--details]";

    /// <exception cref="FormatException">An option that is not known, or a value that is no number.</exception>
    public static RunOptions Parse(string[] args)
    {
        var options = new RunOptions("", null, Environment.TickCount & 0xFFFFFF, 3, Details: false, Environment.ProcessorCount * 6);
        foreach (var arg in args)
        {
            options = arg.Split('=', 2) switch
            {
                ["--only", var glob] => options with { Only = glob },
                ["--seed", var seed] => options with { Seed = Number(seed) },
                ["--rounds", var rounds] => options with { Rounds = Number(rounds) },
                ["--parallel", var parallel] => options with { Parallel = Math.Max(1, Number(parallel)) },
                ["--details"] => options with { Details = true },
                [var folder] when !folder.StartsWith('-') && options.Folder.Length == 0 => options with { Folder = folder },
                _ => throw new FormatException($"{arg} is not known."),
            };
        }

        return options.Folder.Length > 0 ? options : throw new FormatException("The folder is missing.");
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"{text} is no number.");
}
