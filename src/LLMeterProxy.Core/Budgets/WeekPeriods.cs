using NodaTime;

namespace LLMeterProxy.Core.Budgets;

internal sealed class WeekPeriods(IsoDayOfWeek first) : ICalendarPeriods
{
    public LocalDate StartOf(LocalDate date) => date.PlusDays(-(((int)date.DayOfWeek - (int)first + 7) % 7));

    public LocalDate Next(LocalDate start) => start.PlusDays(7);
}
