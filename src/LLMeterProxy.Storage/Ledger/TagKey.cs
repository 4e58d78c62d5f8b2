namespace LLMeterProxy.Storage.Ledger;

/// <summary>The key of one row of the tag rollups.</summary>
internal readonly record struct TagKey(string Tenant, long Bucket, string Name, string Value);
