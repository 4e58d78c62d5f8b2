using System.Collections.Concurrent;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Storage.Ledger;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// Carries the ledger's own settlements to the budget store: what the ledger counted otherwise than the journals said. Always from the
/// first that this process has not sent, so that a stream arrives without a gap whichever node wrote its rows.
/// </summary>
public sealed class LedgerStreams(ILedgerStore ledger, Action<Settlement> settle)
{
    private readonly ConcurrentDictionary<string, long> _sent = new(StringComparer.Ordinal);
    private readonly Lock _sending = new();

    /// <summary>Sends what is new in one stream.</summary>
    public void Send(string stream)
    {
        lock (_sending)
        {
            foreach (var settlement in ledger.ReadLedgerSettlements(stream, _sent.GetValueOrDefault(stream)))
            {
                settle(settlement);
                _sent[stream] = settlement.Sequence;
            }
        }
    }

    /// <summary>Sends what is new in every stream, rows of other nodes included.</summary>
    public void SendAll()
    {
        foreach (var (stream, sequence) in ledger.ReadLedgerStreams())
        {
            if (sequence > _sent.GetValueOrDefault(stream))
            {
                Send(stream);
            }
        }
    }

    /// <summary>The store's counters were set from the ledger's sums, which contain everything up to here: only what comes later is sent.</summary>
    public void AssumeSent(IEnumerable<(string Stream, long Sequence)> streams)
    {
        foreach (var (stream, sequence) in streams)
        {
            _sent[stream] = sequence;
        }
    }

    /// <summary>The store's counters were set anew: everything is sent again, and what they contain already changes nothing.</summary>
    public void Restart() => _sent.Clear();
}
