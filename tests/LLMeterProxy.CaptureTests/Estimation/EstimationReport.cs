using System.Text.RegularExpressions;
using LLMeterProxy.CaptureTests.Recordings;
using LLMeterProxy.Gateway.Admit;

namespace LLMeterProxy.CaptureTests.Estimation;

/// <summary>
/// Estimates each recorded call as if the provider had said nothing of its usage, and prints how far that is from what the
/// provider said.
/// </summary>
internal static partial class EstimationReport
{
    /// <summary>Other calls of a model that have to be there before its ratio counts as learned.</summary>
    private const int Learned = 3;

    /// <summary>Tokens; of an answer of two, an estimate of one is 50 % off.</summary>
    private const int Long = 50;

    public static int Write(string folder, bool details)
    {
        var samples = Samples.Of(CaptureFolder.Read(folder, only: null));
        var whole = samples.Where(s => s.IsWhole).ToList();
        Table("Input, all of it in the request", whole, s => s.Input, s => s.EstimatedInput);
        Table("Input, with results of the provider's tools or references", samples.Where(s => !s.IsWhole), s => s.Input, s => s.EstimatedInput);

        var answers = whole.Where(s => s is { Output: > 0, OutputBytes: > 0 }).ToList();
        var first = new ModelStatistics().OutputBytesPerToken;
        Table("Output without reasoning, first ratio", answers.Where(s => !s.HasHidden), s => s.Output, s => Math.Ceiling(s.OutputBytes!.Value / first));
        Table("Output with reasoning, first ratio", answers.Where(s => s.HasHidden), s => s.Output, s => Math.Ceiling(s.OutputBytes!.Value / first));
        var learned = answers.Where(s => Others(answers, s).Count() >= Learned).ToList();
        Table($"Output of models with {Learned} other calls or more, first ratio", learned, s => s.Output, s => Math.Ceiling(s.OutputBytes!.Value / first));
        Table("The same, learned from the other calls", learned, s => s.Output, s => Math.Ceiling(s.OutputBytes!.Value / RatioFrom(Others(answers, s))));
        if (details)
        {
            foreach (var sample in samples.OrderBy(s => s.Dialect, StringComparer.Ordinal))
                Console.WriteLine(sample);
        }

        return samples.Count == 0 ? 1 : 0;
    }

    private static void Total(string name, IEnumerable<(long Reported, double Estimated)> calls)
    {
        if (calls.ToList() is { Count: > 0 } all)
            Console.WriteLine(ErrorRow.Of(name, all));
    }

    private static IEnumerable<Sample> Others(List<Sample> all, Sample one) =>
        all.Where(s => !ReferenceEquals(s, one) && string.Equals(NameOf(s), NameOf(one), StringComparison.Ordinal));

    /// <summary>Without the provider before it and the date after it.</summary>
    private static string NameOf(Sample sample) => Date().Replace(sample.Model[(sample.Model.LastIndexOf('/') + 1)..], "");

    [GeneratedRegex("-(20\\d{2}-?\\d{2}-?\\d{2}|\\d{4})$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Date();

    private static double RatioFrom(IEnumerable<Sample> calls)
    {
        var statistics = new ModelStatistics();
        foreach (var call in calls)
            statistics.Learn(call.BodyBytes, call.Input, call.OutputBytes!.Value, call.Output);
        return statistics.OutputBytesPerToken;
    }

    private static void Table(string title, IEnumerable<Sample> samples, Func<Sample, long> reported, Func<Sample, double> estimated)
    {
        Console.WriteLine($"{title}\n");
        Console.WriteLine("| format | calls | median error | 90th percentile | median, tokens | sum |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var calls = samples.Select(s => (s.Dialect, Call: (reported(s), estimated(s)))).ToList();
        foreach (var format in calls.GroupBy(c => c.Dialect, StringComparer.Ordinal).Where(g => g.Count() >= 3).OrderBy(g => g.Key, StringComparer.Ordinal))
            Console.WriteLine(ErrorRow.Of(format.Key, [.. format.Select(c => c.Call)]));
        Total("all", calls.Select(c => c.Call));
        Total($"all of {Long} tokens or more", calls.Select(c => c.Call).Where(c => c.Item1 >= Long));
        Console.WriteLine();
    }
}
