namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// What this node knows of the counters, read on every reservation: the epoch that it works in, whether the store it is connected
/// to is the epoch's, and whether hard caps may be enforced by it. Nothing is admitted on a doubt.
/// </summary>
public sealed class EpochGate
{
    private readonly Lock _gate = new();
    private volatile State _state = new(0, IsVerified: false, IsOpen: false);

    /// <summary>Raised at the first doubt, with its reason; on any thread, must return at once.</summary>
    public event Action<string>? Doubted;

    /// <summary>0 before the first epoch that this node joined.</summary>
    public long Number => _state.Number;

    /// <summary>The store is the epoch's, and nothing has happened to the connection since that was found.</summary>
    public bool IsVerified => _state.IsVerified;

    /// <summary>Hard caps may be enforced.</summary>
    public bool IsOpen => _state is { IsVerified: true, IsOpen: true };

    /// <summary>Counts doubts, so that a verification that was overtaken by one can tell.</summary>
    public long Doubts { get; private set; }

    /// <summary>From now on nothing is admitted until the store is verified again.</summary>
    public void Doubt(string reason)
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

        Doubted?.Invoke(reason);
    }

    /// <summary>The store is that of an epoch.</summary>
    /// <param name="number">Another than the present one closes the gate for hard caps until <see cref="Open"/>.</param>
    /// <param name="doubts"><see cref="Doubts"/> from before the verification: a later doubt stands.</param>
    /// <returns>False where the verification was overtaken.</returns>
    public bool TryVerify(long number, long doubts)
    {
        lock (_gate)
        {
            if (doubts != Doubts)
            {
                return false;
            }

            _state = new State(number, IsVerified: true, IsOpen: _state.IsOpen && _state.Number == number);
            return true;
        }
    }

    /// <summary>Every live node has brought what it had under way in this epoch.</summary>
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

    private sealed record State(long Number, bool IsVerified, bool IsOpen);
}
