namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>Whether an event, or what has come of it, is the one that ends the stream.</summary>
internal enum TerminalMatch
{
    No,
    Maybe,
    Yes,
}
