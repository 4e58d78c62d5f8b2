namespace LLMeterProxy.AdminApi.Keys;

/// <summary>How a shared key finds the tenant of a call.</summary>
/// <param name="From"><c>header</c> (default), <c>user</c>, <c>safety_identifier</c> or <c>metadata.user_id</c>.</param>
/// <param name="Unknown"><c>refuse</c> (default) or <c>create</c>.</param>
public sealed record KeyAttributionBody(string? From = null, string? Unknown = null);
