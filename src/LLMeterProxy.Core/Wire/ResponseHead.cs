namespace LLMeterProxy.Core.Wire;

/// <summary>What the head of a response tells of its body and its usage.</summary>
/// <param name="ContentType">Media type with parameters as received; null where absent.</param>
/// <param name="Headers">Null where there are none.</param>
public readonly record struct ResponseHead(string? ContentType, IResponseHeaders? Headers = null)
{
    /// <inheritdoc cref="IResponseHeaders.Find"/>
    public string? Header(string name) => Headers?.Find(name);
}
