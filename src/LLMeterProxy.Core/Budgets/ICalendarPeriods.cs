using NodaTime;

namespace LLMeterProxy.Core.Budgets;

/// <summary>How local dates group into windows, without any zone.</summary>
internal interface ICalendarPeriods
{
    /// <summary>The first date of the period that contains a date.</summary>
    LocalDate StartOf(LocalDate date);

    /// <summary>The first date of the period after the one that starts on <paramref name="start"/>.</summary>
    LocalDate Next(LocalDate start);
}
