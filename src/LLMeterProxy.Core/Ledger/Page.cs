namespace LLMeterProxy.Core.Ledger;

/// <summary>One page of a keyset-paged answer.</summary>
/// <param name="Next">What to pass for the following page; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Rows, string? Next);
