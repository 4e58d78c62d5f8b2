using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.Gateway.Admit;

/// <summary>The amount to reserve for a call and what it assumed.</summary>
internal readonly record struct HoldEstimate(NanoUsd Amount, HoldInput Input, RateCard? Rates, bool Strict)
{
    /// <summary>The largest output per choice that fits into <paramref name="room"/>; 0 where nothing fits or nothing is priced.</summary>
    public long LargestOutput(NanoUsd room) => Rates is null ? 0 : Pricer.LargestOutput(Rates, Input, room, Strict);

    public HoldEstimate WithOutput(long tokens)
    {
        var input = Input with { OutputTokens = tokens };
        return this with { Input = input, Amount = Price(Rates, input, Strict) };
    }

    public static NanoUsd Price(RateCard? rates, in HoldInput input, bool strict) =>
        rates is null ? NanoUsd.Zero : strict ? Pricer.UpperBound(rates, input) : Pricer.Expected(rates, input);
}
