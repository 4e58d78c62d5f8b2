using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;
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
    private readonly ILogger<MappedJournal> _log;
    private readonly NodeIdentity _node;
    private readonly SyncLoop _sync;
    private readonly ConcurrentDictionary<string, TenantChain> _chains = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<RequestId, Segment> _openIntents = new();
    private readonly Lock _roll = new();
    private readonly List<Segment> _segments = [];
    private readonly int _firstOwn;
    private volatile Segment _current;
    private volatile Segment? _previous;
    private Task<Segment>? _spare;
    private volatile bool _refusing;
    private bool _earlierResolved;
    private bool _disposed;

    /// <param name="fatal">Called when fdatasync fails; the host ends the process (retrying fsync is not safe).</param>
    /// <exception cref="IOException">Another process has the directory, or the disk is full.</exception>
    public MappedJournal(JournalOptions options, IBudgetStore budgets, TimeProvider time, Action<string> fatal, ILogger<MappedJournal> log)
    {
        _options = options;
        _budgets = budgets;
        _time = time;
        _log = log;
        _node = NodeIdentity.Claim(options.Directory, time);
        try
        {
            foreach (var stale in Directory.EnumerateFiles(options.Directory, "*.tmp"))
            {
                File.Delete(stale);
            }

            foreach (var path in Directory.EnumerateFiles(options.Directory, "*.seg").Order(StringComparer.Ordinal))
            {
                _segments.Add(Segment.Open(int.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture), path));
            }

            _firstOwn = _segments.Count == 0 ? 1 : _segments[^1].Number + 1;
            _current = CreateSegment(_firstOwn);
            _segments.Add(_current);
            PrepareSpare();
        }
        catch
        {
            _segments.ForEach(s => s.Dispose());
            _node.Dispose();
            throw;
        }

        _sync = new SyncLoop(
            SyncSegments,
            e => fatal($"fdatasync of the journal failed ({e.Message}); stopping, because records may be lost otherwise."),
            options.SyncInterval,
            waitForWork: options.Durability == Durability.PowerLoss);
    }

    public string NodeId => _node.NodeId;

    public string Incarnation => _node.Incarnation;

    public JournalPosition End => new(_current.Number, _current.Tail);

    /// <summary>Attempts under way.</summary>
    public int OpenIntents => _openIntents.Count;

    public int SegmentCount
    {
        get
        {
            lock (_roll)
            {
                return _segments.Count;
            }
        }
    }

    /// <summary>False while no further segment can be made: records of calls under way still fit, new calls are refused.</summary>
    public bool AcceptsIntents => !_refusing;

    public void AppendIntent(UsageIntent intent)
    {
        if (_refusing)
        {
            throw new JournalUnavailableException("The journal's disk has no room for a further segment.");
        }

        var payload = UsageIntentCodec.Write(intent);
        Append(JournalEntryKind.Intent, payload, default, out var segment);
        segment.IntentOpened();
        _openIntents[intent.AttemptId] = segment;
        _sync.Published();
    }

    public JournalTicket AppendRecord(UsageRecord record, bool endsHold = true)
    {
        var body = UsageRecordCodec.WriteBody(record);
        Span<byte> tail = stackalloc byte[UsageRecordCodec.MaxTailLength];
        var chain = _chains.GetOrAdd(record.Tenant, static _ => new TenantChain());
        lock (chain.Lock)
        {
            var sequence = chain.Sequence + 1;
            tail = tail[..UsageRecordCodec.WriteTail(tail, Incarnation, sequence, chain.HeadHex)];
            Append(JournalEntryKind.Record, body, tail, out _);
            chain.Advance(body, tail);
            if (record.Source != UsageSource.Free)
            {
                _budgets.Settle(SettlementOf(record, sequence, endsHold));
            }
        }

        Resolve(record.AttemptId);
        return new JournalTicket(_sync.Published());
    }

    public void AppendVoid(RequestId attemptId)
    {
        Span<byte> id = stackalloc byte[16];
        attemptId.Value.TryWriteBytes(id, bigEndian: true, out _);
        Append(JournalEntryKind.Void, id, default, out _);
        Resolve(attemptId);
        _sync.Published();
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
        while (true)
        {
            Segment? segment;
            lock (_roll)
            {
                segment = _segments.Find(s => s.Number >= from.Segment);
            }

            entry = default;
            if (segment is null)
            {
                return false;
            }

            var offset = segment.Number == from.Segment ? from.Offset : Segment.HeaderSize;
            if (segment.TryRead(offset, out var kind, out var payload, out var next))
            {
                entry = new JournalEntry(kind, payload, new JournalPosition(segment.Number, next));
                return true;
            }

            var done = segment.IsLive ? segment.SealedAt >= 0 && Math.Max(offset, Segment.HeaderSize) >= segment.SealedAt : segment != _current;
            if (!done)
            {
                return false;
            }

            from = new JournalPosition(segment.Number + 1, 0);
        }
    }

    public void Shipped(JournalPosition shipped)
    {
        lock (_roll)
        {
            while (_segments.Count > 1 && _segments[0] is var oldest && oldest.Number < shipped.Segment && oldest != _current && oldest != _previous
                && oldest.OpenIntents == 0 && (oldest.IsLive || _earlierResolved))
            {
                oldest.Dispose();
                File.Delete(oldest.Path);
                _segments.RemoveAt(0);
            }
        }
    }

    /// <summary>Everything that earlier incarnations wrote and that is still here, in order.</summary>
    internal IEnumerable<JournalEntry> ReadEarlier()
    {
        var at = JournalPosition.Start;
        while (TryRead(at, out var entry) && entry.Next.Segment < _firstOwn)
        {
            yield return entry;
            at = entry.Next;
        }
    }

    /// <summary>Every intent of earlier incarnations has its record: their segments may go once they are shipped.</summary>
    internal void EarlierResolved()
    {
        lock (_roll)
        {
            _earlierResolved = true;
        }
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _sync.Dispose();
        lock (_roll)
        {
            _segments.ForEach(s => s.Dispose());
            if (_spare is { IsCompletedSuccessfully: true } spare)
            {
                spare.Result.Dispose();
                File.Delete(spare.Result.Path);
            }
        }

        _node.Dispose();
    }

    private Settlement SettlementOf(UsageRecord record, long sequence, bool endsHold) => new()
    {
        Tenant = record.Tenant,
        Incarnation = Incarnation,
        Sequence = sequence,
        ReservationId = record.AttemptId.Parent,
        EndsHold = endsHold,
        Cost = record.Cost ?? NanoUsd.Zero,
        Budgets = record.Budgets,
        Tokens = record.Usage.InputTokens + record.Usage.OutputTokens,
        At = _time.GetUtcNow(),
    };

    private void Append(JournalEntryKind kind, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, out Segment segment)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (first.Length + second.Length > Math.Min(MaxEntry, (_options.SegmentSize - Segment.HeaderSize) / 2))
        {
            throw new JournalUnavailableException("The entry is larger than the journal takes.");
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

    private void Resolve(RequestId attemptId)
    {
        if (_openIntents.TryRemove(attemptId, out var segment))
        {
            segment.IntentResolved();
        }
    }

    private void Roll(Segment full)
    {
        lock (_roll)
        {
            if (_current != full)
            {
                return;
            }

            Segment next;
            try
            {
                next = _spare?.GetAwaiter().GetResult() ?? CreateSegment(full.Number + 1);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _spare = null;
                _refusing = true;
                throw new JournalUnavailableException("The journal's disk is full.", e);
            }

            _segments.Add(next);
            _previous = full;
            _current = next;
            PrepareSpare();
        }
    }

    /// <summary>Makes the next segment ahead of need. While that fails new calls are refused, and it is tried again every second.</summary>
    private void PrepareSpare()
    {
        var number = _current.Number + 1;
        _spare = Task.Run(async () =>
        {
            while (true)
            {
                try
                {
                    var segment = CreateSegment(number);
                    _refusing = false;
                    return segment;
                }
                catch (Exception e) when ((e is IOException or UnauthorizedAccessException) && !_disposed)
                {
                    if (!_refusing)
                    {
                        _refusing = true;
                        JournalLog.NoSpare(_log, _options.Directory, e);
                    }

                    await Task.Delay(TimeSpan.FromSeconds(1), _time);
                }
            }
        });
    }

    private Segment CreateSegment(int number)
    {
        var path = Path.Combine(_options.Directory, number.ToString("D10", CultureInfo.InvariantCulture) + ".seg");
        Span<byte> salt = stackalloc byte[4];
        RandomNumberGenerator.Fill(salt);
        return Segment.Create(number, path, _options.SegmentSize, BinaryPrimitives.ReadUInt32LittleEndian(salt));
    }

    private void SyncSegments()
    {
        var current = _current;
        if (_previous is { } previous)
        {
            // Entries published around the roll may still lie unsynced in the segment before.
            DiskSync.Flush(previous.Handle);
        }

        DiskSync.Flush(current.Handle);
    }
}
