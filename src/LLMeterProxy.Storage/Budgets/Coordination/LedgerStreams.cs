using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Storage.Ledger;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// Carries the ledger's own settlements to the budget store: what the ledger counted otherwise than the journals said. Always from the
/// first that this process has not seen applied, so that a stream arrives without a gap whichever node wrote its rows.
/// </summary>
/// <param name="tryApply">Applies settlements of one stream in order; false where some may not be applied.</param>
public sealed class LedgerStreams(ILedgerStore ledger, Func<IReadOnlyList<Settlement>, Task<bool>> tryApply) : IDisposable
{
    private readonly Dictionary<string, long> _applied = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile bool _isDue = true;

    /// <summary>There is something to send, as far as this node knows; what other nodes wrote they send themselves.</summary>
    public bool IsDue => _isDue;

    /// <summary>The ledger has settled something.</summary>
    public void Notice() => _isDue = true;

    /// <summary>Sends what is new in every stream, rows of other nodes included.</summary>
    /// <returns>False where the store did not take all of it.</returns>
    public async Task<bool> TrySendAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        var isSent = false;
        try
        {
            // Before the look: a row that comes during it is noticed again.
            _isDue = false;
            isSent = await TrySendEachAsync(cancellationToken);
            return isSent;
        }
        finally
        {
            _isDue |= !isSent;
            _one.Release();
        }
    }

    /// <summary>The store's counters were set from the ledger's sums, which contain everything up to here: only what comes later is sent.</summary>
    public async Task AssumeAppliedAsync(IEnumerable<(string Stream, long Sequence)> streams, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        foreach (var (stream, sequence) in streams)
        {
            _applied[stream] = sequence;
        }

        _one.Release();
    }

    /// <summary>The counters were set anew: everything is sent again, and what they contain already changes nothing.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        _applied.Clear();
        _one.Release();
    }

    public void Dispose() => _one.Dispose();

    private async Task<bool> TrySendEachAsync(CancellationToken cancellationToken)
    {
        foreach (var (stream, latest) in await Task.Run(ledger.ReadLedgerStreams, cancellationToken))
        {
            var from = _applied.GetValueOrDefault(stream);
            if (latest <= from)
            {
                continue;
            }

            var settlements = await Task.Run(() => ledger.ReadLedgerSettlements(stream, from), cancellationToken);
            if (settlements.Count > 0 && !await tryApply(settlements))
            {
                return false;
            }

            _applied[stream] = settlements.Count > 0 ? settlements[^1].Sequence : latest;
        }

        return true;
    }
}
