namespace LLMeterProxy.Core.Pricing;

/// <summary>One column of a price list (a tier at a context step): each token class with its rate, or without one. Immutable.</summary>
internal sealed class TokenRates
{
    private readonly decimal[] _nanoPerMillion = new decimal[TokenUnits.Count];
    private readonly Int128[] _exact = new Int128[TokenUnits.Count];
    private readonly bool[] _stated = new bool[TokenUnits.Count];

    private TokenRates()
    {
    }

    /// <summary>Nano-USD per million of the dearest input class; 0 where none is stated.</summary>
    public decimal DearestInput { get; private set; }

    /// <summary>Nano-USD per million of the dearest output class; 0 where none is stated.</summary>
    public decimal DearestOutput { get; private set; }

    /// <summary>True where a rate is stated and every stated one is zero.</summary>
    public bool IsFree { get; private set; }

    public bool AnyStated { get; private set; }

    public static TokenRates From(IReadOnlyDictionary<string, decimal> rates)
    {
        var table = new TokenRates();
        table.Overlay(rates);
        return table.Summarised();
    }

    /// <summary>This column times a factor, then overlaid by the rates that are stated one by one.</summary>
    public TokenRates With(decimal factor, IReadOnlyDictionary<string, decimal> rates)
    {
        var table = new TokenRates();
        for (var i = 0; i < TokenUnits.Count; i++)
        {
            if (_stated[i])
            {
                table.State(i, _nanoPerMillion[i] * factor);
            }
        }

        table.Overlay(rates);
        return table.Summarised();
    }

    public bool IsStated(int unit) => _stated[unit];

    /// <summary>Nano-USD per million.</summary>
    public decimal NanoPerMillion(int unit) => _nanoPerMillion[unit];

    /// <summary>The price of one unit in <see cref="ExactAmount"/> parts.</summary>
    public Int128 Exact(int unit) => _exact[unit];

    private void Overlay(IReadOnlyDictionary<string, decimal> rates)
    {
        for (var i = 0; i < TokenUnits.Count; i++)
        {
            if (rates.TryGetValue(TokenUnits.NameOf(i), out var rate))
            {
                State(i, rate);
            }
        }
    }

    private void State(int unit, decimal rate)
    {
        _nanoPerMillion[unit] = rate;
        _exact[unit] = ExactAmount.PerUnit(rate);
        _stated[unit] = true;
    }

    private TokenRates Summarised()
    {
        var free = true;
        for (var i = 0; i < TokenUnits.Count; i++)
        {
            if (!_stated[i])
            {
                continue;
            }

            AnyStated = true;
            free &= _nanoPerMillion[i] == 0;
            if (i < TokenUnits.FirstOutput)
            {
                DearestInput = Math.Max(DearestInput, _nanoPerMillion[i]);
            }
            else
            {
                DearestOutput = Math.Max(DearestOutput, _nanoPerMillion[i]);
            }
        }

        IsFree = AnyStated && free;
        return this;
    }
}
