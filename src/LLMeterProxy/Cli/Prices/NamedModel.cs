namespace LLMeterProxy.Cli.Prices;

/// <summary>A model that somebody means to call.</summary>
/// <param name="Provider">A configured provider, a kind of provider, or a price list.</param>
/// <param name="Model">As clients, responses or a configuration name it.</param>
internal sealed record NamedModel(string Provider, string Model);
