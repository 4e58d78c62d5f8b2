using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Pricing;

/// <summary>The price of one call. <see cref="Total"/> is null where no price is known: unpriced is not free (A57).</summary>
/// <param name="Flags">Values of <see cref="Usage.UsageFlags"/> that pricing adds.</param>
public sealed record Cost(NanoUsd? Total, IReadOnlyList<CostLine> Lines, IReadOnlyList<string> Flags)
{
    public static readonly Cost Nothing = new(NanoUsd.Zero, [], []);
}
