namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>
/// The gate between a node and the counters: which epoch it works in, and whether it may. Whoever verifies the servers sets it;
/// whoever meets something odd doubts it. Thread-safe.
/// </summary>
public sealed class BudgetEpoch
{
    private readonly Lock _gate = new();
    private volatile EpochState _state = new(0, IsVerified: false, IsOpen: false);

    /// <summary>The gate was closed, once per verification. Called on whatever thread met the reason; must not block.</summary>
    public event Action<EpochDoubt, string>? Doubted;

    public EpochState State => _state;

    /// <summary>Every primary is of this epoch and has the scripts.</summary>
    /// <param name="number">1 and up; never lower than before.</param>
    public void Verify(long number, bool isOpen)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, Math.Max(1, _state.Number));
        lock (_gate)
        {
            _state = new EpochState(number, IsVerified: true, isOpen);
        }
    }

    /// <summary>Counts doubts, those of a closed gate included, so that a verification that was overtaken by one can tell.</summary>
    public long Doubts { get; private set; }

    /// <summary><see cref="Verify"/>, where nothing was doubted since <see cref="Doubts"/> was read. The same epoch stays as open as it was.</summary>
    /// <returns>False where a doubt came in between: it stands.</returns>
    public bool TryVerify(long number, long doubts)
    {
        lock (_gate)
        {
            if (doubts != Doubts)
            {
                return false;
            }

            Verify(number, _state.IsOpen && _state.Number == number);
            return true;
        }
    }

    /// <summary>Everybody has replayed into this epoch; nothing where another one has begun.</summary>
    public void Open(long number)
    {
        lock (_gate)
        {
            if (_state.Number == number)
            {
                _state = _state with { IsOpen = true };
            }
        }
    }

    /// <summary>Closes the gate until the next verification.</summary>
    /// <param name="detail">For the log.</param>
    public void Doubt(EpochDoubt reason, string detail)
    {
        lock (_gate)
        {
            Doubts++;
            if (!_state.IsVerified)
            {
                return;
            }

            _state = _state with { IsVerified = false };
        }

        Doubted?.Invoke(reason, detail);
    }
}
