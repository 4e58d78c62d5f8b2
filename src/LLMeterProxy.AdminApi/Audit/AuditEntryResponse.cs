using System.Text.Json;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.AdminApi.Audit;

/// <summary>Who changed what and when; never a secret.</summary>
/// <param name="At">UTC.</param>
/// <param name="Before">The object before; null for a creation.</param>
/// <param name="After">The object after; null for a deletion.</param>
public sealed record AuditEntryResponse(long Id, DateTimeOffset At, string Actor, string Action, string Subject, JsonElement? Before, JsonElement? After)
{
    internal static AuditEntryResponse Of(AuditEntry entry) =>
        new(entry.Id, entry.At, entry.Actor, entry.Action, entry.Subject, Parse(entry.Before), Parse(entry.After));

    private static JsonElement? Parse(string? json) => json is null ? null : JsonElement.Parse(json);
}
