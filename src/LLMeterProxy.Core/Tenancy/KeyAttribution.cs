namespace LLMeterProxy.Core.Tenancy;

/// <summary>How a shared key with <see cref="KeyPermissions.OnBehalf"/> finds the tenant (design section 9).</summary>
/// <param name="From"><c>header</c>, <c>user</c>, <c>safety_identifier</c> or <c>metadata.user_id</c>.</param>
/// <param name="Unknown"><c>refuse</c> or <c>create</c>.</param>
public sealed record KeyAttribution(string From, string Unknown);
