using System.Globalization;

namespace LLMeterProxy.Core.Money;

/// <summary>
/// An amount of money in nano-USD (10^-9 USD), the only unit that is stored, compared or added.
/// int64 holds ±9.2 billion USD. Arithmetic is checked: an overflow is a bug and throws <see cref="OverflowException"/>.
/// </summary>
public readonly record struct NanoUsd(long Value) : IComparable<NanoUsd>
{
    /// <summary>Nano-USD in one USD.</summary>
    public const long PerUsd = 1_000_000_000;

    public static readonly NanoUsd Zero;

    public static NanoUsd operator +(NanoUsd left, NanoUsd right) => new(checked(left.Value + right.Value));

    public static NanoUsd operator -(NanoUsd left, NanoUsd right) => new(checked(left.Value - right.Value));

    public static bool operator <(NanoUsd left, NanoUsd right) => left.Value < right.Value;

    public static bool operator >(NanoUsd left, NanoUsd right) => left.Value > right.Value;

    public static bool operator <=(NanoUsd left, NanoUsd right) => left.Value <= right.Value;

    public static bool operator >=(NanoUsd left, NanoUsd right) => left.Value >= right.Value;

    public static NanoUsd Max(NanoUsd left, NanoUsd right) => left.Value >= right.Value ? left : right;

    public static NanoUsd Min(NanoUsd left, NanoUsd right) => left.Value <= right.Value ? left : right;

    /// <summary>Converts a USD amount, rounding half to even at the ninth place.</summary>
    /// <exception cref="OverflowException">The amount is outside int64 nano-USD.</exception>
    public static NanoUsd FromUsd(decimal usd) => new(checked((long)decimal.Round(usd * PerUsd, 0, MidpointRounding.ToEven)));

    /// <summary>Reads a decimal string in USD with at most nine places; never NaN, infinity or an exponent (A18).</summary>
    public static bool TryParseUsd(string? text, out NanoUsd amount)
    {
        amount = default;
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd))
        {
            return false;
        }

        var nano = usd * PerUsd;
        if (nano != decimal.Truncate(nano) || nano > long.MaxValue || nano < long.MinValue)
        {
            return false;
        }

        amount = new NanoUsd((long)nano);
        return true;
    }

    public decimal ToUsd() => Value / (decimal)PerUsd;

    /// <summary>The form used in JSON: a decimal string in USD without trailing zeros, at most nine places.</summary>
    public string ToUsdString() => ToUsd().ToString("0.#########", CultureInfo.InvariantCulture);

    public int CompareTo(NanoUsd other) => Value.CompareTo(other.Value);

    public override string ToString() => ToUsdString() + " USD";
}
