using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.Storage.Ledger;

/// <summary>Usage of a call that did not come through this proxy, as its tenant reported it.</summary>
/// <param name="EventId">The sender's id, unique in the tenant.</param>
/// <param name="ContentHash">SHA-256 of what the sender said, so that the same id with another content is noticed.</param>
/// <param name="Record">With an attempt id of the event's instant; the chain fields are assigned by the ledger.</param>
public sealed record ReportedEvent(string EventId, ReadOnlyMemory<byte> ContentHash, UsageRecord Record);
