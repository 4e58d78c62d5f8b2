namespace LLMeterProxy.Gateway.Admit;

/// <summary>
/// What reported usage has taught about one model: bytes per token and how long its answers are. It sizes standard holds
/// and estimates where a provider says nothing; it never touches a reported figure. Thread-safe.
/// </summary>
public sealed class ModelStatistics
{
    /// <summary>Before anything was learned. Low, so that a first hold errs on the high side.</summary>
    private const double FirstBodyBytesPerToken = 3.0;

    /// <summary>Between prose in English, 4 to 5, and code, JSON and other languages, 2 to 3.</summary>
    private const double FirstTextBytesPerToken = 3.5;

    private const int Samples = 128;

    private readonly Lock _lock = new();
    private readonly int[] _outputs = new int[Samples];
    private readonly LearnedRatio _input = new(FirstBodyBytesPerToken, 1, 64);
    private readonly LearnedRatio _output = new(FirstTextBytesPerToken, 0.5, 64);
    private int _seen;
    private long _outputP95;

    /// <summary>Request body bytes per reported input token.</summary>
    public double InputBytesPerToken => _input.Value;

    /// <summary>Generated text bytes per reported output token.</summary>
    public double OutputBytesPerToken => _output.Value;

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
                _input.Learn(bodyBytes, inputTokens);
            }

            if (textBytes > 0 && outputTokens > 0)
            {
                _output.Learn(textBytes, outputTokens);
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
}
