namespace LLMeterProxy.Core.Wire;

/// <summary>One edit of a request body: <paramref name="Length"/> bytes at <paramref name="Start"/> become <paramref name="Replacement"/>; every other byte stays.</summary>
public readonly record struct BodySplice(int Start, int Length, ReadOnlyMemory<byte> Replacement);
