namespace LLMeterProxy.Core.Ledger;

/// <summary>What a usage query groups by.</summary>
public enum UsageGroup
{
    Tenant,
    Key,
    Provider,
    Model,
    Operation,
    Day,
    Hour,
    Tag,
}
