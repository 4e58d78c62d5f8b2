namespace LLMeterProxy.Core.Pricing;

/// <summary>Hours of the day, UTC, in which token prices are multiplied (DeepSeek off-peak). May cross midnight.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
public sealed record DailyWindow(TimeOnly From, TimeOnly To, decimal Multiplier)
{
    public bool Holds(DateTimeOffset instant) => TimeOnly.FromTimeSpan(instant.UtcDateTime.TimeOfDay).IsBetween(From, To);
}
