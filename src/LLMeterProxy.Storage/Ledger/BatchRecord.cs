using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.Storage.Ledger;

/// <summary>A record on its way into the ledger, with the bytes that are stored of it.</summary>
internal readonly record struct BatchRecord(ReadOnlyMemory<byte> Payload, UsageRecord Record);
