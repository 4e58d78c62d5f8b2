using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Ledger;

/// <summary>
/// Carries records from the journal to the ledger, in the journal's order and in batches. The position moves in the transaction
/// of the records, so whatever dies in between is shipped again or was shipped: never lost, never twice. A ledger that cannot
/// be written is tried again for ever; the journal keeps everything meanwhile and <see cref="Lag"/> rises.
/// </summary>
public sealed class LedgerShipper : IDisposable
{
    private const int MaxRecords = 1_000;

    // Intents and voids are skipped; a stretch of them must not hold the position back for long.
    private const int MaxEntries = 4_000;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _pauseInFlush = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan _pauseAfterFailure = TimeSpan.FromMilliseconds(500);

    private readonly IJournalSource _source;
    private readonly ILedgerStore _ledger;
    private readonly Func<ReadOnlyMemory<byte>, UsageRecord> _decode;
    private readonly TimeProvider _time;
    private readonly ILogger<LedgerShipper> _logger;
    private readonly long _segmentBytes;
    private readonly List<(ReadOnlyMemory<byte> Payload, UsageRecord Record)> _batch = new(MaxRecords);
    private readonly List<UnreadableEntry> _unreadable = [];
    private readonly Lock _shipping = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task? _loop;
    private long _packedPosition;
    private long _caughtUpAt;
    private long _shipped;
    private long _conflicts;

    /// <param name="decode">Reads a journalled record's payload.</param>
    /// <param name="segmentBytes">The size of a journal segment, for <see cref="DepthBytes"/> alone.</param>
    public LedgerShipper(
        IJournalSource source,
        ILedgerStore ledger,
        Func<ReadOnlyMemory<byte>, UsageRecord> decode,
        TimeProvider time,
        ILogger<LedgerShipper> logger,
        long segmentBytes = 64L << 20)
    {
        (_source, _ledger, _decode, _time, _logger, _segmentBytes) = (source, ledger, decode, time, logger, segmentBytes);
        MoveTo(ledger.ReadPosition(source.NodeId));
        _caughtUpAt = time.GetTimestamp();
        ledger.FlushHook = FlushAsync;
    }

    /// <summary>The ledger has settled something by itself while it took a batch; on the shipping thread, must return at once.</summary>
    public event Action? LedgerSettled;

    /// <summary>How long ago the ledger last had everything: no record older than this is missing from it. Some 50 ms when idle.</summary>
    public TimeSpan Lag => _time.GetElapsedTime(Interlocked.Read(ref _caughtUpAt));

    /// <summary>Journal bytes that are not in the ledger yet, intents and unused ends of segments included.</summary>
    public long DepthBytes
    {
        get
        {
            var at = Position;
            var end = _source.End;
            return Math.Max(0, ((end.Segment - at.Segment) * _segmentBytes) + end.Offset - at.Offset);
        }
    }

    /// <summary>Records that were read and committed since the start, replays included.</summary>
    public long Shipped => Interlocked.Read(ref _shipped);

    /// <summary>Records that were set aside because their id has another content, and entries that could not be read.</summary>
    public long Conflicts => Interlocked.Read(ref _conflicts);

    private JournalPosition Position => JournalPosition.FromPacked(Interlocked.Read(ref _packedPosition));

    /// <summary>Starts shipping in the background; once.</summary>
    public void Start()
    {
        if (_loop is not null)
        {
            throw new InvalidOperationException("The shipper has been started.");
        }

        _loop = Task.Run(RunAsync);
    }

    /// <summary>Ships what is left and ends; a ledger that cannot be written is tried again until the token is cancelled.</summary>
    /// <returns>False where time was up before the ledger had everything: the journal keeps the rest, which the next start ships.</returns>
    public async Task<bool> StopAsync(CancellationToken cancellationToken)
    {
        if (_loop is null)
        {
            return true;
        }

        await _stopping.CancelAsync();
        await _loop;
        while (true)
        {
            try
            {
                await FlushAsync(cancellationToken);
                return true;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return false;
            }
            catch (LedgerUnavailableException exception)
            {
                LedgerLog.ShippingFailed(_logger, exception);
            }

            await Task.Delay(_pauseAfterFailure, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Returns when all that was journalled before the call is in the ledger. Works before <see cref="Start"/> and after <see cref="StopAsync"/> too.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be written; the journal keeps the records.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var target = _source.End;
        while (!HasShipped(target))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await Task.Run(Ship, cancellationToken) == 0)
            {
                // Another thread is still copying its entry, which takes it microseconds.
                await Task.Delay(_pauseInFlush, _time, cancellationToken);
            }
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private bool HasShipped(JournalPosition target) => Position is var at && (at >= target || _source.IsEmpty(at, target));

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var pause = _pause;
            try
            {
                if (Ship() >= MaxRecords)
                {
                    continue;
                }
            }
            catch (Exception exception)
            {
                // The one loop that must outlive every failure: without it the ledger stands still unseen.
                LedgerLog.ShippingFailed(_logger, exception);
                pause = _pauseAfterFailure;
            }

            await Task.Delay(pause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Entries that were read and committed; 0 where the journal has no more.</returns>
    private int Ship()
    {
        lock (_shipping)
        {
            var startedAt = _time.GetTimestamp();
            _batch.Clear();
            _unreadable.Clear();
            var position = Position;
            var entries = 0;
            var caughtUp = false;
            while (entries < MaxEntries && _batch.Count < MaxRecords)
            {
                if (!_source.TryRead(position, out var entry))
                {
                    caughtUp = true;
                    break;
                }

                entries++;
                position = entry.Next;
                if (entry.Kind == JournalEntryKind.Record)
                {
                    Take(entry);
                }
            }

            if (entries > 0)
            {
                var result = _ledger.Append(_source.NodeId, _batch, _unreadable, position);
                Interlocked.Add(ref _shipped, _batch.Count);
                Interlocked.Add(ref _conflicts, result.Conflicts + _unreadable.Count);
                MoveTo(position);
                if (result.Streams.Count > 0)
                {
                    LedgerSettled?.Invoke();
                }
            }

            if (caughtUp)
            {
                Interlocked.Exchange(ref _caughtUpAt, startedAt);
            }

            return entries;
        }
    }

    private void Take(JournalEntry entry)
    {
        try
        {
            _batch.Add((entry.Payload, _decode(entry.Payload)));
        }
        catch (Exception exception)
        {
            // Whatever a reader throws on bytes that are no record: one bad entry must not stop all that follow.
            LedgerLog.Unreadable(_logger, exception, entry.Next.Segment, entry.Next.Offset);
            _unreadable.Add(new UnreadableEntry(entry.Payload, entry.Next));
        }
    }

    private void MoveTo(JournalPosition position)
    {
        Interlocked.Exchange(ref _packedPosition, position.Packed);
        _source.Shipped(position);
    }
}
