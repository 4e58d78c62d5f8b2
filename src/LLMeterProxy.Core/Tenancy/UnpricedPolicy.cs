namespace LLMeterProxy.Core.Tenancy;

/// <summary>What happens to a call whose model has no price (A56, E-PRICE).</summary>
public enum UnpricedPolicy
{
    /// <summary>Refuse under a hard cap, else allow and flag. The default.</summary>
    Auto,

    /// <summary>Always refuse with <c>model_not_priced</c>.</summary>
    Refuse,

    /// <summary>Always allow; the record has tokens, a null cost and the flag <c>unpriced</c>.</summary>
    Allow,
}
