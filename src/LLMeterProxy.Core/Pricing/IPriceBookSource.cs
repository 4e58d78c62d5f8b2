namespace LLMeterProxy.Core.Pricing;

/// <summary>The price book in force; a read is one volatile load. A bad file never replaces a good book (A58).</summary>
public interface IPriceBookSource
{
    PriceBook Current { get; }
}
