namespace LLMeterProxy.Core.Pricing;

/// <summary>The outcome of reading price files: a whole book, or everything that is wrong with them (A58).</summary>
/// <param name="Book">Null where <paramref name="Errors"/> is not empty: there is no half-read book.</param>
public sealed record PriceBookReading(PriceBook? Book, IReadOnlyList<PriceBookError> Errors);
