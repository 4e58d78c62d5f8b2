namespace LLMeterProxy.Gateway.Admit;

/// <summary>
/// Bytes for a token, learned from calls whose tokens were reported. Calls count by their tokens, because an answer of two
/// tokens tells little, up to a bound, because one long call is one call. One writer at a time; reads at any time.
/// </summary>
internal sealed class LearnedRatio(double first, double least, double most)
{
    /// <summary>Tokens of one call that count.</summary>
    private const double CallWeight = 100;

    /// <summary>The first ratio is a guess that weighs as much as five calls.</summary>
    private const double FirstWeight = 5 * CallWeight;

    /// <summary>In the long run a call weighs 1/32.</summary>
    private const double Memory = 32 * CallWeight;

    /// <summary>An observation counts as at most this many times the ratio, or that part of it: one odd call cannot move it far.</summary>
    private const double FarthestStep = 3;

    private double _tokens = FirstWeight;
    private double _value = first;

    /// <summary>Between the least and the most that make sense.</summary>
    public double Value => Volatile.Read(ref _value);

    /// <param name="bytes">Above 0.</param>
    /// <param name="tokens">Above 0.</param>
    public void Learn(long bytes, long tokens)
    {
        var weight = Math.Min(tokens, CallWeight);
        var observed = Math.Clamp(Math.Clamp((double)bytes / tokens, least, most), _value / FarthestStep, _value * FarthestStep);
        Volatile.Write(ref _value, _value + ((observed - _value) * weight / (_tokens + weight)));
        _tokens = Math.Min(_tokens + weight, Memory - CallWeight);
    }
}
