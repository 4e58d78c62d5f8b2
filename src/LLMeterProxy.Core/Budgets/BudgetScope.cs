namespace LLMeterProxy.Core.Budgets;

public enum BudgetScope
{
    /// <summary>Everything that passes this gateway.</summary>
    Global,
    Tenant,

    /// <summary>One virtual key; <see cref="Budget.ScopeId"/> is the key id.</summary>
    Key,

    /// <summary>One tag of the tenant; <see cref="Budget.ScopeId"/> is <c>name=value</c>.</summary>
    Tag,
}
