using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Gateway.Settle;

/// <summary>The usage that a record states, where it comes from, and why where it is not the provider's word.</summary>
internal readonly record struct UsageEstimate(TokenUsage Usage, UsageSource Source, string? Reason);
