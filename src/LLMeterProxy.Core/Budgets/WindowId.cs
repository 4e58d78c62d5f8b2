using System.Globalization;

namespace LLMeterProxy.Core.Budgets;

/// <summary>
/// The text form of a window, <c>day:2026-11-24T00:00:00Z</c> or <c>total</c>. It names only the start: a later zone change
/// may move the end of a running window, and its counter must survive that.
/// </summary>
internal static class WindowId
{
    public const string Total = "total";

    private const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static string Of(BudgetWindow window, DateTimeOffset start) =>
        Name(window) + ":" + start.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>An instant by which the window has surely ended, whatever its zone; MaxValue for <c>total</c> and unknown forms.</summary>
    public static DateTimeOffset LatestEnd(string id)
    {
        var colon = id.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !DateTimeOffset.TryParseExact(
            id.AsSpan(colon + 1), Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start))
        {
            return DateTimeOffset.MaxValue;
        }

        // The longest form of each, a joined stub of a zone change included (half a window more).
        var length = id.AsSpan(0, colon) switch
        {
            "day" => TimeSpan.FromDays(3),
            "week" => TimeSpan.FromDays(12),
            "month" => TimeSpan.FromDays(48),
            _ => TimeSpan.MaxValue,
        };
        return DateTimeOffset.MaxValue - start > length ? start + length : DateTimeOffset.MaxValue;
    }

    private static string Name(BudgetWindow window) => window switch
    {
        BudgetWindow.Day => "day",
        BudgetWindow.Week => "week",
        BudgetWindow.Month => "month",
        _ => throw new ArgumentOutOfRangeException(nameof(window), window, "A total has no start."),
    };
}
