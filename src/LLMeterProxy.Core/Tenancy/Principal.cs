namespace LLMeterProxy.Core.Tenancy;

/// <summary>What Identify yields: the key and the tenant that owns it. The attributed tenant is fixed at the end of Inspect.</summary>
public sealed record Principal(VirtualKey Key, Tenant Home);
