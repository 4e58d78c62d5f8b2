using NodaTime;

namespace LLMeterProxy.Core.Budgets;

internal sealed class DayPeriods : ICalendarPeriods
{
    public LocalDate StartOf(LocalDate date) => date;

    public LocalDate Next(LocalDate start) => start.PlusDays(1);
}
