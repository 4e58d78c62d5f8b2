namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>Hears the events that an <see cref="SseScanner"/> finds. Positions count from the first byte of the body.</summary>
internal interface ISseSink
{
    /// <summary>A whole event of at most <see cref="SseScanner.MaxHeldEvent"/> bytes.</summary>
    /// <param name="raw">Its lines with their ends, the blank line included where there is one.</param>
    void OnEvent(ReadOnlySpan<byte> raw, long start, long end);

    /// <summary>An event that is too long to be looked at whole begins.</summary>
    void OnLongEvent();

    /// <summary>The name of a long event; <paramref name="cut"/> where it is longer than any name we know.</summary>
    void OnLongEventName(ReadOnlySpan<byte> name, bool cut);

    /// <summary>The next part of a long event's data.</summary>
    void OnLongEventText(ReadOnlySpan<byte> part);

    /// <summary>A long event is complete.</summary>
    void OnLongEventEnd(long start, long end);
}
