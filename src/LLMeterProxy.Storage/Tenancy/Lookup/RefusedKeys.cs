using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Storage.Tenancy.Lookup;

/// <summary>
/// Keys that were looked up and do not exist: each for one to two lifetimes, and never more than a bound of them. Two generations
/// instead of an expiry for each, so that a flood costs no queue and no timer.
/// </summary>
internal sealed class RefusedKeys(int capacity, TimeSpan lifetime, TimeProvider time)
{
    private readonly Lock _gate = new();
    private HashSet<KeyHash> _young = [];
    private HashSet<KeyHash> _old = [];
    private long _turned = time.GetTimestamp();

    public bool Contains(KeyHash hash)
    {
        lock (_gate)
        {
            Turn();
            return _young.Contains(hash) || _old.Contains(hash);
        }
    }

    public void Add(KeyHash hash)
    {
        lock (_gate)
        {
            Turn();
            _young.Add(hash);
            if (_young.Count > capacity / 2)
            {
                NextGeneration();
            }
        }
    }

    private void Turn()
    {
        var age = time.GetElapsedTime(_turned);
        if (age < lifetime)
        {
            return;
        }

        if (age >= 2 * lifetime)
        {
            _young.Clear();
        }

        _turned = time.GetTimestamp();
        NextGeneration();
    }

    private void NextGeneration()
    {
        (_young, _old) = (_old, _young);
        _young.Clear();
    }
}
