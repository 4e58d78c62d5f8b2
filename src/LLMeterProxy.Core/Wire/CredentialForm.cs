namespace LLMeterProxy.Core.Wire;

/// <summary>How a provider takes its API key.</summary>
public enum CredentialForm
{
    /// <summary><c>Authorization: Bearer …</c></summary>
    Bearer,

    /// <summary><c>x-api-key: …</c></summary>
    XApiKey,

    /// <summary><c>x-goog-api-key: …</c></summary>
    XGoogApiKey,

    /// <summary><c>api-key: …</c></summary>
    ApiKey,
}
