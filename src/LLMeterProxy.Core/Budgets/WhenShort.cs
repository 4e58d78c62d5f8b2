namespace LLMeterProxy.Core.Budgets;

/// <summary>What happens to a call whose hold does not fit (A8).</summary>
public enum WhenShort
{
    Reject,

    /// <summary>The output limit in the body is lowered to what is affordable.</summary>
    Clamp,
}
