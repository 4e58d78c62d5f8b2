namespace LLMeterProxy.Gateway.Inspect;

/// <summary>Bounds the request bytes that all calls hold together, so that memory is shed for before it is gone (T123).</summary>
public sealed class BodyMemory(GatewaySettings settings)
{
    private long _held;

    public long Held => Volatile.Read(ref _held);

    /// <returns>False where the bound would be passed; nothing is taken then.</returns>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= settings.MaxBufferedBytes)
        {
            return true;
        }

        Interlocked.Add(ref _held, -bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _held, -bytes);
}
