using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Journal;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// Keeps journal segments until the counter store has confirmed their settlements, and a minute longer: a rebuild by another node may
/// set the counters to figures that lack what this node has shipped since.
/// </summary>
internal sealed class SettledJournal(MappedJournal journal, RedisBudgetStore budgets, TimeProvider time)
{
    private static readonly TimeSpan _keptLonger = TimeSpan.FromMinutes(1);

    private readonly Queue<(JournalPosition Position, long At)> _confirmed = new();
    private Task? _flush;
    private JournalPosition _flushing;
    private JournalPosition _next;

    /// <summary>Looks at how far the store is; never waits.</summary>
    public void Turn(CancellationToken cancellationToken)
    {
        if (_flush is { IsCompletedSuccessfully: true })
        {
            _confirmed.Enqueue((_flushing, time.GetTimestamp()));
        }

        if (_flush is null or { IsCompleted: true })
        {
            // An entry is published a moment before its settlement is queued, so the place that counts is that of the turn before.
            (_flushing, _next) = (_next, journal.End);
            _flush = budgets.FlushAsync(cancellationToken);
        }

        while (_confirmed.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) > _keptLonger)
        {
            journal.KeepFrom = _confirmed.Dequeue().Position;
        }
    }
}
