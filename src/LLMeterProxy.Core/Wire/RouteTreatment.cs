namespace LLMeterProxy.Core.Wire;

/// <summary>What the gateway does with a route. What no route names is refused (T29, A44).</summary>
public enum RouteTreatment
{
    /// <summary>Intent, hold, record, wait for the commit.</summary>
    Metered,

    /// <summary>One record <c>source: free</c>; works over cap (A48).</summary>
    Free,

    /// <summary>Known, billed later than its response; refused until its poller exists (T52).</summary>
    Deferred,

    /// <summary>Known and not metered: 403 <c>endpoint_not_metered</c> (T52).</summary>
    Refused,
}
