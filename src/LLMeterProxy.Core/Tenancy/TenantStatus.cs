namespace LLMeterProxy.Core.Tenancy;

public enum TenantStatus
{
    Active,

    /// <summary>Keys of the tenant answer like unknown keys (T85).</summary>
    Disabled,
}
