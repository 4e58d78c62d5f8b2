using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Core.Budgets;

/// <summary>The rate limits of one scope that a call is checked against in the same step as its budgets.</summary>
/// <param name="Slot">Where the state lives: the tenant id.</param>
/// <param name="Scope"><c>tenant</c> or the key id.</param>
public sealed record AppliedLimit(string Slot, string Scope, RateLimits Limits);
