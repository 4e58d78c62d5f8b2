namespace LLMeterProxy.Core.Budgets;

/// <summary>One window of a budget. Adjacent windows tile the time line: no gap, no overlap (I19).</summary>
/// <param name="Id">Part of the counter's key; stable: it is written into intents and records. <c>day:2026-11-24T00:00:00Z</c>, <c>total</c>.</param>
/// <param name="Start">UTC, inclusive; <see cref="DateTimeOffset.MinValue"/> for <c>total</c>.</param>
/// <param name="End">UTC, exclusive; <see cref="DateTimeOffset.MaxValue"/> for <c>total</c>.</param>
public sealed record WindowBounds(string Id, DateTimeOffset Start, DateTimeOffset End)
{
    public bool Contains(DateTimeOffset instant) => instant >= Start && instant < End;
}
