namespace LLMeterProxy.Core.Tenancy;

/// <summary>Makes the ids of keys and budgets: a prefix and a UUIDv7 without dashes, so that they sort by age.</summary>
public sealed class EntityIds(TimeProvider time)
{
    public string NextKey() => "key_" + Guid.CreateVersion7(time.GetUtcNow()).ToString("N");

    public string NextBudget() => "bud_" + Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
}
