namespace LLMeterProxy.Core.Pricing;

/// <summary>
/// A long-context price step. It holds for the whole request, every token of it, once the total input
/// (uncached, cache reads and cache writes) is larger than <paramref name="Above"/>; exactly that many is still below (A54, G28).
/// </summary>
/// <param name="Above">Tokens.</param>
/// <param name="Rates">Nano-USD per million of a token unit; a unit that is absent keeps the price of the step below.</param>
public sealed record ContextStep(long Above, IReadOnlyDictionary<string, decimal> Rates);
