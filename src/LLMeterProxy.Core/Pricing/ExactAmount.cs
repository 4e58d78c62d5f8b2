using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Pricing;

/// <summary>
/// Money finer than nano-USD, as an integer count of 10^-12 nano-USD. A rate has at most nine places in USD per million
/// and is multiplied by at most three factors of two places each, so every product of a count and a rate is a whole number of these parts:
/// lines are summed without any rounding, and the sum is rounded once.
/// </summary>
internal static class ExactAmount
{
    /// <summary>Parts in one nano-USD.</summary>
    public static readonly Int128 PerNano = 1_000_000_000_000;

    private const decimal PartsPerNanoPerMillion = 1_000_000;

    /// <summary>The price of one unit at a rate in nano-USD per million.</summary>
    public static Int128 PerUnit(decimal nanoPerMillion) => (Int128)decimal.Round(nanoPerMillion * PartsPerNanoPerMillion, 0, MidpointRounding.ToEven);

    /// <summary>The price of a quantity that may be a fraction; a quantity counts to its sixth place.</summary>
    public static Int128 Of(decimal quantity, decimal nanoPerMillion) =>
        checked((Int128)decimal.Round(quantity * 1_000_000, 0, MidpointRounding.ToEven) * (Int128)decimal.Round(nanoPerMillion, 0, MidpointRounding.ToEven));

    /// <summary>Half to even.</summary>
    /// <exception cref="OverflowException">The amount is outside int64 nano-USD.</exception>
    public static NanoUsd Round(Int128 parts)
    {
        var (whole, rest) = Int128.DivRem(parts, PerNano);
        var twice = rest * 2;
        if (twice > PerNano || (twice == PerNano && Int128.IsOddInteger(whole)))
        {
            whole++;
        }

        return new NanoUsd(checked((long)whole));
    }
}
