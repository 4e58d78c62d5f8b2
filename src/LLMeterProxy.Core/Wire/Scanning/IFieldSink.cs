namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>Hears what a <see cref="JsonFieldScanner"/> finds, in the order of the document.</summary>
internal interface IFieldSink
{
    /// <param name="raw">The value as on the wire, strings with their quotes; empty for the beginning of an element.</param>
    /// <param name="cut">True where the value was longer than what is kept: <paramref name="raw"/> is its beginning.</param>
    void OnField(ResponseField field, ReadOnlySpan<byte> raw, bool cut);

    /// <summary>Bytes of generated text, as escaped on the wire.</summary>
    void OnText(int length);

    /// <summary>The top-level object, or one object of a top-level array, is complete.</summary>
    void OnObjectEnd();
}
