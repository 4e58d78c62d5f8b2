namespace LLMeterProxy.Core.Tenancy;

/// <summary>What happens to calls while the budget store cannot be reached (design section 5).</summary>
public enum OutagePolicy
{
    /// <summary><see cref="Closed"/> where a hard cap applies, else <see cref="Open"/>. The default.</summary>
    Auto,
    Closed,
    Open,
}
