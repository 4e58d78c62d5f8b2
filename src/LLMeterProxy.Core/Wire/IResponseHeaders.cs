namespace LLMeterProxy.Core.Wire;

/// <summary>The headers of one response, as far as metering asks for them: some providers state tokens, tier or model there alone.</summary>
public interface IResponseHeaders
{
    /// <summary>The only value of a header, whatever the case of its name; null where it is absent or repeated.</summary>
    string? Find(string name);
}
