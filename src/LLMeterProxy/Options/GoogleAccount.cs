namespace LLMeterProxy.Options;

/// <summary>What is known of the Google Cloud account of a provider; each null where it is not.</summary>
/// <param name="Region">From the environment; the provider's own setting comes before it.</param>
internal readonly record struct GoogleAccount(string? Project, string? Region, string? ServiceAccountFile);
