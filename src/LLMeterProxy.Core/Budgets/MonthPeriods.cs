using NodaTime;

namespace LLMeterProxy.Core.Budgets;

/// <summary>Months that start on a day of the month, or on the last day of a month that has no such day.</summary>
/// <param name="day">1 to 31.</param>
internal sealed class MonthPeriods(int day) : ICalendarPeriods
{
    public LocalDate StartOf(LocalDate date)
    {
        var start = In(date.Year, date.Month);
        return start <= date ? start : Before(date.Year, date.Month);
    }

    public LocalDate Next(LocalDate start) => start.Month == 12 ? In(start.Year + 1, 1) : In(start.Year, start.Month + 1);

    private LocalDate Before(int year, int month) => month == 1 ? In(year - 1, 12) : In(year, month - 1);

    private LocalDate In(int year, int month) =>
        new(year, month, Math.Min(day, CalendarSystem.Iso.GetDaysInMonth(year, month)));
}
