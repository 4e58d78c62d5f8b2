using System.Globalization;

namespace LLMeterProxy.CaptureTests.Estimation;

/// <summary>How far estimates are from what was reported.</summary>
/// <param name="Median">Of the error of each call, relative to what was reported.</param>
/// <param name="Tokens">The median in tokens.</param>
/// <param name="Bias">All estimates together against all reports together: what it means for a bill.</param>
internal sealed record ErrorRow(string Name, int Calls, double Median, double P90, double Tokens, double Bias)
{
    public static ErrorRow Of(string name, IReadOnlyList<(long Reported, double Estimated)> calls)
    {
        var relative = calls.Select(c => Math.Abs(c.Estimated - c.Reported) / c.Reported).Order().ToList();
        var absolute = calls.Select(c => Math.Abs(c.Estimated - c.Reported)).Order().ToList();
        return new ErrorRow(
            name, calls.Count, At(relative, 0.5), At(relative, 0.9), At(absolute, 0.5), (calls.Sum(c => c.Estimated) / calls.Sum(c => c.Reported)) - 1);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"| {Name} | {Calls} | {Median:0%} | {P90:0%} | {Tokens:0} | {Bias:+0%;-0%;0%} |");

    private static double At(List<double> sorted, double quantile) => sorted[(int)Math.Ceiling(quantile * sorted.Count) - 1];
}
