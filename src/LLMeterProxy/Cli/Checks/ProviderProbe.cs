namespace LLMeterProxy.Cli.Checks;

/// <summary>How to ask a provider whether a key is good: a free call.</summary>
/// <param name="Provider">The name in the configuration.</param>
/// <param name="Models">The address of the model list.</param>
/// <param name="Headers">With the credential.</param>
internal sealed record ProviderProbe(string Provider, Uri Models, IReadOnlyList<KeyValuePair<string, string>> Headers);
