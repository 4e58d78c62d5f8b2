namespace LLMeterProxy.Gateway.Admit;

/// <summary>
/// What reported usage has taught about one model: bytes per token and how long its answers are. It sizes standard holds
/// and estimates where a provider says nothing; it never touches a reported figure. Thread-safe.
/// </summary>
public sealed class ModelStatistics
{
    /// <summary>Before anything was learned. Low, so that a first hold errs on the high side.</summary>
    private const double FirstBytesPerToken = 3.0;

    /// <summary>In the long run an observation weighs 1/32: a single odd call cannot move the ratio far.</summary>
    private const double LeastWeight = 1.0 / 32;

    /// <summary>The first ratio is a guess that weighs as much as this many calls.</summary>
    private const int FirstCalls = 4;

    /// <summary>An observation counts as at most this many times the ratio, or its part: the first ones weigh much.</summary>
    private const double FarthestStep = 3;

    private const int Samples = 128;

    private readonly Lock _lock = new();
    private readonly int[] _outputs = new int[Samples];
    private double _inputBytesPerToken = FirstBytesPerToken;
    private double _outputBytesPerToken = 4.0;
    private int _inputs;
    private int _texts;
    private int _seen;
    private long _outputP95;

    /// <summary>Request body bytes per reported input token.</summary>
    public double InputBytesPerToken => Volatile.Read(ref _inputBytesPerToken);

    /// <summary>Generated text bytes per reported output token.</summary>
    public double OutputBytesPerToken => Volatile.Read(ref _outputBytesPerToken);

    /// <summary>The 95th percentile of recent outputs, tokens per call; null before eight calls.</summary>
    public long? OutputP95 => Volatile.Read(ref _outputP95) is > 0 and var p95 ? p95 : null;

    /// <param name="bodyBytes">0 where the body is not all of the input.</param>
    /// <param name="textBytes">0 where no text was measured.</param>
    public void Learn(long bodyBytes, long inputTokens, long textBytes, long outputTokens)
    {
        lock (_lock)
        {
            if (bodyBytes > 0 && inputTokens > 0)
            {
                _inputBytesPerToken = Blend(_inputBytesPerToken, Math.Clamp((double)bodyBytes / inputTokens, 1, 64), ref _inputs);
            }

            if (textBytes > 0 && outputTokens > 0)
            {
                _outputBytesPerToken = Blend(_outputBytesPerToken, Math.Clamp((double)textBytes / outputTokens, 0.5, 64), ref _texts);
            }

            if (outputTokens > 0)
            {
                _outputs[_seen % Samples] = (int)Math.Min(outputTokens, int.MaxValue);
                _seen++;
                if (_seen >= 8 && _seen % 8 == 0)
                {
                    Span<int> sorted = stackalloc int[Math.Min(_seen, Samples)];
                    _outputs.AsSpan(0, sorted.Length).CopyTo(sorted);
                    sorted.Sort();
                    Volatile.Write(ref _outputP95, sorted[(int)((sorted.Length - 1) * 0.95)]);
                }
            }
        }
    }

    private static double Blend(double old, double observed, ref int calls)
    {
        var weight = Math.Max(LeastWeight, 1.0 / (++calls + FirstCalls));
        return old + ((Math.Clamp(observed, old / FarthestStep, old * FarthestStep) - old) * weight);
    }
}
