namespace LLMeterProxy.Core.Tenancy;

/// <summary>Who changed what and when; append-only, without secrets (T100).</summary>
/// <param name="Before">The object before, as JSON without secrets; null for a creation.</param>
/// <param name="After">The object after, as JSON without secrets; null for a deletion.</param>
public sealed record AuditEntry(long Id, DateTimeOffset At, string Actor, string Action, string Subject, string? Before, string? After);
