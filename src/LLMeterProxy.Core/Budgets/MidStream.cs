namespace LLMeterProxy.Core.Budgets;

/// <summary>What happens when a stream outgrows its hold and the cap has no room (A10).</summary>
public enum MidStream
{
    None,
    Cut,
}
