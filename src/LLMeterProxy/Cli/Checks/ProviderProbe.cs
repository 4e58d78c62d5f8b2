namespace LLMeterProxy.Cli.Checks;

/// <summary>How to ask a provider whether a key is good: a free call.</summary>
/// <param name="Provider">The name in the configuration.</param>
/// <param name="Models">The address of the model list.</param>
/// <param name="Headers">With the credential.</param>
/// <param name="Token">Makes a bearer token where the credential is more than a key; null where it is in the headers.</param>
internal sealed record ProviderProbe(
    string Provider,
    Uri Models,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    Func<CancellationToken, Task<string>>? Token = null);
