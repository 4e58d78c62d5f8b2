using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Pricing;

/// <summary>What to hold for a call. Each variant (a column at a factor) is a straight line in the output, so a hold and its inverse are exact.</summary>
internal static class HoldCost
{
    /// <summary>A billion USD in nano-USD: sums of holds stay far inside int64 whatever a request asks for.</summary>
    private const long Largest = 1_000_000_000 * NanoUsd.PerUsd;

    private static readonly Int128 _largestParts = Largest * ExactAmount.PerNano;

    public static NanoUsd UpperBound(RateColumns columns, in HoldInput input)
    {
        if (columns.IsFree)
        {
            return NanoUsd.Zero;
        }

        var most = Int128.One;
        var factor = StrictFactor(columns, input);
        var asked = ServiceTiers.Canonical(input.ServiceTier);
        most = Int128.Max(most, Dearest(columns.Standard, columns, input, factor));
        foreach (var tier in columns.Named)
        {
            if (IsReachable(tier, asked, columns))
            {
                most = Int128.Max(most, Dearest(tier, columns, input, factor));
            }
        }

        return RoundUp(most);
    }

    public static NanoUsd Expected(RateColumns columns, in HoldInput input) =>
        columns.IsFree ? NanoUsd.Zero : RoundUp(ExpectedLine(columns, input).At(NotNegative(input.OutputTokens)));

    public static long LargestOutput(RateColumns columns, in HoldInput input, NanoUsd room, bool strict)
    {
        if (columns.IsFree || room.Value >= Largest)
        {
            return long.MaxValue;
        }

        if (room.Value < 1)
        {
            return 0;
        }

        var parts = room.Value * ExactAmount.PerNano;
        if (!strict)
        {
            return ExpectedLine(columns, input).Inverse(parts);
        }

        var factor = StrictFactor(columns, input);
        var asked = ServiceTiers.Canonical(input.ServiceTier);
        var least = LargestOutput(columns.Standard, columns, input, factor, parts);
        foreach (var tier in columns.Named)
        {
            if (IsReachable(tier, asked, columns))
            {
                least = Math.Min(least, LargestOutput(tier, columns, input, factor, parts));
            }
        }

        return least;
    }

    /// <summary>A request that names a tier gets it or standard; one that names none, or one we do not know, may get any but batch, which is another endpoint.</summary>
    private static bool IsReachable(RateColumns.Tier tier, string? asked, RateColumns columns) =>
        asked is null || columns.Find(asked) is null
            ? !string.Equals(tier.Name, ServiceTiers.Batch, StringComparison.OrdinalIgnoreCase)
            : string.Equals(tier.Name, asked, StringComparison.OrdinalIgnoreCase);

    private static decimal StrictFactor(RateColumns columns, in HoldInput input) =>
        columns.DearestGeo * columns.DearestHours * (input.Speed is null ? columns.DearestSpeed : columns.SpeedOf(input.Speed));

    private static Int128 Dearest(RateColumns.Tier tier, RateColumns columns, in HoldInput input, decimal factor)
    {
        var most = Int128.Zero;
        foreach (var column in tier.Columns)
        {
            if (column.Above < NotNegative(input.InputTokens))
            {
                most = Int128.Max(most, StrictLine(column.Rates, columns, input, factor).At(NotNegative(input.OutputTokens)));
            }
        }

        return most;
    }

    private static long LargestOutput(RateColumns.Tier tier, RateColumns columns, in HoldInput input, decimal factor, Int128 room)
    {
        var least = long.MaxValue;
        foreach (var column in tier.Columns)
        {
            if (column.Above < NotNegative(input.InputTokens))
            {
                least = Math.Min(least, StrictLine(column.Rates, columns, input, factor).Inverse(room));
            }
        }

        return least;
    }

    private static Line StrictLine(TokenRates rates, RateColumns columns, in HoldInput input, decimal factor) =>
        new(rates.DearestInput * factor, rates.DearestOutput * factor, columns, input);

    private static Line ExpectedLine(RateColumns columns, in HoldInput input)
    {
        var tier = columns.Find(ServiceTiers.Canonical(input.ServiceTier)) ?? columns.Standard;
        var rates = tier.At(NotNegative(input.InputTokens));
        var factor = columns.HomeGeo * columns.DearestHours * (input.Speed is null ? 1m : columns.SpeedOf(input.Speed));

        // An image or audio model may have no plain class at all; then its dearest one is what is expected.
        var inputRate = rates.IsStated(TokenUnits.Input) ? rates.NanoPerMillion(TokenUnits.Input) : rates.DearestInput;
        var outputRate = rates.IsStated(TokenUnits.Output) ? rates.NanoPerMillion(TokenUnits.Output) : rates.DearestOutput;
        return new Line(inputRate * factor, outputRate * factor, columns, input);
    }

    private static NanoUsd RoundUp(Int128 parts)
    {
        var (whole, rest) = Int128.DivRem(Int128.Min(parts, _largestParts), ExactAmount.PerNano);
        return new NanoUsd(Math.Max(1, (long)whole + (rest > 0 ? 1 : 0)));
    }

    private static long NotNegative(long count) => Math.Max(0, count);

    /// <summary>Capped at <see cref="_largestParts"/>; both factors are 0 or more.</summary>
    private static Int128 Product(Int128 left, Int128 right) => right != 0 && left > _largestParts / right ? _largestParts : left * right;

    private readonly struct Line
    {
        private readonly Int128 _start;
        private readonly Int128 _slope;

        public Line(decimal inputRate, decimal outputRate, RateColumns columns, in HoldInput input)
        {
            _start = Product(ExactAmount.PerUnit(inputRate), NotNegative(input.InputTokens))
                + Product(ExactAmount.Of(1, columns.DearestToolCall), NotNegative(input.ToolCalls))
                + ExactAmount.Of(1, columns.RequestFee)
                + columns.CostOf(input.Units);
            _slope = ExactAmount.PerUnit(outputRate) * Math.Max(1, input.Choices);
        }

        public Int128 At(long output) => _start + Product(_slope, output);

        /// <summary>The largest output at which the line is at most <paramref name="room"/>, which is below the cap of a product.</summary>
        public long Inverse(Int128 room)
        {
            if (_start > room)
            {
                return 0;
            }

            return _slope == 0 ? long.MaxValue : (long)Int128.Min(long.MaxValue, (room - _start) / _slope);
        }
    }
}
