namespace LLMeterProxy.Gateway.Forward;

/// <summary>
/// The end of the grace that calls have after SIGTERM. Streams that still run then end with their dialect's error event and
/// are settled at what was delivered (A28).
/// </summary>
public sealed class Drain(TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _expired = new();
    private ITimer? _timer;

    public CancellationToken Expired => _expired.Token;

    public void ExpireAfter(TimeSpan grace) => _timer = time.CreateTimer(_ => _expired.Cancel(), null, grace, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _timer?.Dispose();
        _expired.Dispose();
    }
}
