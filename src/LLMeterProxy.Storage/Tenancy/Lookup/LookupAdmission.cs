namespace LLMeterProxy.Storage.Tenancy.Lookup;

/// <summary>How many look-ups may run at once and how many may be fruitless in a second: what keeps a flood away from the store.</summary>
internal sealed class LookupAdmission(KeyLookupOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _tokens = options.FruitlessPerSecond;
    private long _filled = time.GetTimestamp();
    private int _running;

    public int Running
    {
        get
        {
            lock (_gate)
            {
                return _running;
            }
        }
    }

    public bool TryEnter()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(options.FruitlessPerSecond, _tokens + (time.GetElapsedTime(_filled, now).TotalSeconds * options.FruitlessPerSecond));
            _filled = now;
            if (_running >= options.Concurrent || _tokens < 1)
            {
                return false;
            }

            _running++;
            _tokens--;
            return true;
        }
    }

    public void Leave(bool wasFruitful)
    {
        lock (_gate)
        {
            _running--;
            _tokens += wasFruitful ? 1 : 0;
        }
    }
}
