using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Storage.Ledger;

/// <summary>The key of one row of the rollups.</summary>
internal readonly record struct RollupKey(
    string Tenant,
    long Bucket,
    string KeyId,
    string Provider,
    string Model,
    string Operation,
    UsageChannel Channel,
    UsageSource Source)
{
    public static RollupKey Of(UsageRecord record, long bucket) =>
        new(record.Tenant, bucket, record.KeyId, record.Provider, record.Model, record.Operation, record.Channel, record.Source);
}
