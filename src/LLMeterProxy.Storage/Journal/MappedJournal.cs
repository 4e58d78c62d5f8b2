using System.Collections.Concurrent;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Journal;

/// <summary>
/// The node's journal: an append-only log of memory-mapped segments. An append is one interlocked add and a copy on the
/// request's own thread: no channel, no await, and it survives <c>kill -9</c> from the instant that its length is written.
/// <para>Segments are deleted in order, each once the ledger has all of it and every intent in it is resolved: so an
/// intent's segment always goes before the segment of its record, and a restart never sees the one without the other.</para>
/// </summary>
public sealed class MappedJournal : IUsageJournal, IJournalSource, IDisposable
{
    private const int MaxEntry = 1024 * 1024;

    private readonly JournalOptions _options;
    private readonly IBudgetStore _budgets;
    private readonly TimeProvider _time;
    private readonly NodeIdentity _node;
    private readonly SegmentSupply _supply;
    private readonly DiskWatch _disk;
    private readonly SyncLoop _sync;
    private readonly TenantChains _chains;
    private readonly ConcurrentDictionary<RequestId, Segment> _openIntents = new();
    private readonly int _largestEntry;
    private readonly int _intentLimit;
    private readonly int _firstOwn;

    // Taken in this order where more than one is: a segment is unmapped only under the first two, so that neither a reader
    // nor a sync ever meets one that is gone. The third guards replacing the list and the current segment.
    private readonly Lock _reading = new();
    private readonly Lock _files = new();
    private readonly Lock _roll = new();
    private volatile Segment[] _segments;
    private volatile Segment _current;
    private long _keepFrom = JournalPosition.End.Packed;
    private volatile bool _earlierResolved;
    private volatile bool _disposed;

    /// <param name="fatal">Called when fdatasync fails; the host ends the process (retrying fsync is not safe).</param>
    /// <param name="diskSpace">Says how much room there is; by default the system, for the journal's directory.</param>
    /// <exception cref="IOException">Another process has the directory, or the disk is full.</exception>
    /// <exception cref="InvalidDataException">A file of the directory that should be a segment is none.</exception>
    public MappedJournal(
        JournalOptions options,
        IBudgetStore budgets,
        TimeProvider time,
        Action<string> fatal,
        ILogger<MappedJournal> log,
        Func<DiskSpace>? diskSpace = null)
    {
        options.ThrowUnlessValid();
        _options = options;
        _budgets = budgets;
        _time = time;
        _largestEntry = Math.Min(MaxEntry, (options.SegmentSize - Segment.HeaderSize) / 2);
        _intentLimit = options.SegmentSize / 4 * 3;
        _node = NodeIdentity.Claim(options.Directory, time);
        _chains = new TenantChains(_node.Incarnation);
        var directory = new SegmentDirectory(options.Directory, options.SegmentSize);
        List<Segment> segments = [];
        try
        {
            segments = directory.OpenAll();
            _firstOwn = segments.Count == 0 ? 1 : segments[^1].Number + 1;
            _current = directory.Create(_firstOwn);
            _segments = [.. segments, _current];
        }
        catch
        {
            segments.ForEach(s => s.Dispose());
            _node.Dispose();
            throw;
        }

        _supply = new SegmentSupply(directory.Create, e => JournalLog.NoSpare(log, options.Directory, e), time);
        _supply.Prepare(_firstOwn + 1);
        _sync = new SyncLoop(
            SyncSegments,
            e => fatal($"fdatasync of the journal failed ({e.Message}); stopping, because records may be lost otherwise."),
            options.SyncInterval);
        _disk = new DiskWatch(diskSpace ?? (() => DiskSpace.Of(options.Directory)), (space, isLow) => JournalLog.Disk(log, options.Directory, space, isLow), time);
    }

    public string NodeId => _node.NodeId;

    public string Incarnation => _chains.Incarnation;

    public JournalPosition End
    {
        get
        {
            var current = _current;
            return new(current.Number, current.Tail);
        }
    }

    /// <summary>Attempts under way.</summary>
    public int OpenIntents => _openIntents.Count;

    public int SegmentCount => _segments.Length;

    /// <summary>
    /// Segments from here on are kept although they are shipped, because the budget store has not confirmed their settlements.
    /// <see cref="JournalPosition.End"/> where the store needs nothing of the journal.
    /// </summary>
    public JournalPosition KeepFrom
    {
        get => JournalPosition.FromPacked(Interlocked.Read(ref _keepFrom));
        set => Interlocked.Exchange(ref _keepFrom, value.Packed);
    }

    /// <summary>The oldest place that can still be read.</summary>
    public JournalPosition Oldest => new(_segments[0].Number, 0);

    /// <summary>Goes on as another incarnation, because this one was declared dead while it was not; the node stays the same.</summary>
    public void Renew()
    {
        lock (_roll)
        {
            _chains.Renew(_node.Renew());
        }
    }

    /// <summary>
    /// False while no further segment can be made or the disk's room is low: records of calls under way still fit, new calls are refused.
    /// </summary>
    public bool AcceptsIntents => !_supply.IsFailing && !_disk.IsLow;

    public void AppendIntent(UsageIntent intent)
    {
        if (_disk.IsLow)
        {
            throw new JournalUnavailableException("The journal's disk is nearly full.");
        }

        // The last quarter of the last segment there is room for is kept for the records of calls under way.
        if (_supply.IsFailing || (_current.Tail > _intentLimit && !_supply.IsReady && !_supply.WaitUntilReady()))
        {
            throw new JournalUnavailableException("The journal's disk has no room for a further segment.");
        }

        Append(JournalEntryKind.Intent, UsageIntentCodec.Write(intent), default, out var segment);
        _openIntents[intent.AttemptId] = segment;
        _sync.Published();
    }

    public JournalTicket AppendRecord(UsageRecord record, bool endsHold = true)
    {
        var body = RecordFit.WriteBody(record, _largestEntry - UsageRecordCodec.MaxTailLength);
        Span<byte> tail = stackalloc byte[UsageRecordCodec.MaxTailLength];
        var chain = _chains.Of(record.Tenant);
        lock (chain.Lock)
        {
            var sequence = chain.Sequence + 1;
            tail = tail[..UsageRecordCodec.WriteTail(tail, chain.Incarnation, sequence, chain.HeadHex)];
            Append(JournalEntryKind.Record, body, tail, out _);
            chain.Advance(body, tail);
            if (RecordSettlement.Settles(record))
            {
                _budgets.Settle(RecordSettlement.Of(record, chain.Incarnation, sequence, endsHold, _time.GetUtcNow()));
            }
        }

        return new JournalTicket(PublishResolved(record.AttemptId));
    }

    public void AppendVoid(RequestId attemptId)
    {
        Span<byte> id = stackalloc byte[16];
        attemptId.Value.TryWriteBytes(id, bigEndian: true, out _);
        Append(JournalEntryKind.Void, id, default, out _);
        PublishResolved(attemptId);
    }

    public ValueTask WaitDurableAsync(JournalTicket ticket, CancellationToken cancellationToken)
    {
        if (_options.Durability == Durability.ProcessCrash)
        {
            return ValueTask.CompletedTask;
        }

        var wait = _sync.WaitAsync(ticket.Ordinal);
        return wait.IsCompleted || !cancellationToken.CanBeCanceled ? wait : new ValueTask(wait.AsTask().WaitAsync(cancellationToken));
    }

    public bool TryRead(JournalPosition from, out JournalEntry entry)
    {
        lock (_reading)
        {
            return SegmentReading.TryRead(_segments, from, out entry);
        }
    }

    public bool IsEmpty(JournalPosition from, JournalPosition to)
    {
        lock (_reading)
        {
            return SegmentReading.IsEmpty(_segments, from, to);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">
    /// The ledger knows more of this journal than there is: one of the two was restored without the other. Going on would
    /// skip what is written from here on.
    /// </exception>
    public void Shipped(JournalPosition shipped)
    {
        if (shipped > End)
        {
            throw new InvalidOperationException(
                $"The ledger has read the journal in '{_options.Directory}' up to a place that it does not have. Was one of them restored without the other?");
        }

        lock (_reading)
        {
            var count = CountDeletable(shipped < KeepFrom ? shipped : KeepFrom);

            // What resolved the intents must be on the disk before the intents go, else a power cut could take both.
            if (count == 0 || !_sync.SyncNow())
            {
                return;
            }

            lock (_files)
            {
                var gone = _segments.AsSpan(0, count);
                lock (_roll)
                {
                    _segments = _segments[count..];
                }

                foreach (var segment in gone)
                {
                    segment.Dispose();
                    File.Delete(segment.Path);
                }
            }
        }
    }

    /// <summary>Everything that is still here, in order.</summary>
    internal IEnumerable<JournalEntry> ReadAll()
    {
        var at = JournalPosition.Start;
        while (TryRead(at, out var entry))
        {
            yield return entry;
            at = entry.Next;
        }
    }

    /// <summary>Written by an earlier incarnation of this node.</summary>
    internal bool IsEarlier(in JournalEntry entry) => entry.Next.Segment < _firstOwn;

    /// <summary>Every intent of earlier incarnations has its record: their segments may go once they are shipped.</summary>
    internal void EarlierResolved() => _earlierResolved = true;

    /// <summary>Syncs what was appended and closes. Appends that come late throw <see cref="JournalUnavailableException"/>.</summary>
    public void Dispose()
    {
        lock (_roll)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _disk.Dispose();

        // From here on there are no new segments; once all are closed no thread writes to mapped memory any more.
        _supply.Dispose();
        foreach (var segment in _segments)
        {
            if (segment.IsLive)
            {
                segment.Close();
            }
        }

        _sync.Dispose();
        lock (_reading)
        {
            lock (_files)
            {
                foreach (var segment in _segments)
                {
                    segment.Dispose();
                }

                _segments = [];
            }
        }

        _node.Dispose();
    }

    private void Append(JournalEntryKind kind, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, out Segment segment)
    {
        if (first.Length + second.Length > _largestEntry)
        {
            throw new JournalUnavailableException("The entry is larger than the journal takes.");
        }

        if (_sync.Ended is { } why)
        {
            throw new JournalUnavailableException(why.Message, why);
        }

        while (true)
        {
            segment = _current;
            if (segment.TryAppend(kind, first, second) >= 0)
            {
                return;
            }

            Roll(segment);
        }
    }

    private long PublishResolved(RequestId attemptId)
    {
        // In this order: when a segment is seen to have no open intents, the sync before its deletion covers what resolved them.
        var ordinal = _sync.Published();
        if (_openIntents.TryRemove(attemptId, out var segment))
        {
            segment.IntentResolved();
        }

        return ordinal;
    }

    private void Roll(Segment full)
    {
        lock (_roll)
        {
            if (_disposed)
            {
                throw new JournalUnavailableException("The journal is closed.");
            }

            if (_current != full)
            {
                return;
            }

            var next = _supply.Take();
            _segments = [.. _segments, next];
            _current = next;
            _supply.Prepare(next.Number + 1);
        }
    }

    /// <summary>How many of the oldest segments are in the ledger as a whole and have no call under way.</summary>
    private int CountDeletable(JournalPosition shipped)
    {
        var segments = _segments;
        var count = 0;
        while (count < segments.Length - 1 && segments[count] is var oldest && oldest.Number < shipped.Segment
            && oldest.OpenIntents == 0 && (oldest.IsLive || _earlierResolved))
        {
            count++;
        }

        return count;
    }

    private void SyncSegments()
    {
        lock (_files)
        {
            // Not only the newest: a writer that was slow, or several rolls since the last sync, leave older ones unsynced.
            foreach (var segment in _segments)
            {
                if (segment.TakeDirty())
                {
                    _options.Flush(segment.Handle);
                }
            }
        }
    }
}
