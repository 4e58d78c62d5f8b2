using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;

namespace LLMeterProxy.Storage.Tests.Ledger;

/// <summary>A journal in memory: one unit of offset an entry, a new segment every <paramref name="segmentEntries"/> entries.</summary>
internal sealed class FakeJournal(int segmentEntries = 1_000_000) : IJournalSource
{
    private readonly Lock _gate = new();
    private readonly List<(JournalPosition At, JournalEntryKind Kind, byte[] Payload)> _entries = [];
    private JournalPosition _end = new(1, 0);
    private JournalPosition? _reserved;
    private int _readsUntilPublished;

    public string NodeId => LedgerFile.Node;

    public JournalPosition End
    {
        get
        {
            lock (_gate)
            {
                return _end;
            }
        }
    }

    public JournalPosition LastShipped { get; private set; }

    public void Append(params IEnumerable<UsageRecord> records)
    {
        foreach (var record in records)
        {
            Append(JournalEntryKind.Record, UsageRecordCodec.Encode(record));
        }
    }

    public void Append(JournalEntryKind kind, byte[] payload)
    {
        lock (_gate)
        {
            _entries.Add((_end, kind, payload));
            _end = _end with { Offset = _end.Offset + 1 };
            if (_end.Offset == segmentEntries)
            {
                _end = new JournalPosition(_end.Segment + 1, 0);
            }
        }
    }

    /// <summary>Appends an entry that another thread is still copying: it can be read when it was asked for that many times.</summary>
    public void AppendSlowly(UsageRecord record, int reads)
    {
        lock (_gate)
        {
            (_reserved, _readsUntilPublished) = (_end, reads);
            Append(record);
        }
    }

    /// <summary>Leaves the rest of the segment unused: the end is in the next one, and no entry is before it.</summary>
    public void Roll()
    {
        lock (_gate)
        {
            _end = new JournalPosition(_end.Segment + 1, 8);
        }
    }

    public bool TryRead(JournalPosition from, out JournalEntry entry)
    {
        lock (_gate)
        {
            foreach (var (at, kind, payload) in _entries)
            {
                if (at >= from)
                {
                    if (at == _reserved && _readsUntilPublished-- > 0)
                    {
                        break;
                    }

                    entry = new JournalEntry(kind, payload, at with { Offset = at.Offset + 1 });
                    return true;
                }
            }
        }

        entry = default;
        return false;
    }

    public bool IsEmpty(JournalPosition from, JournalPosition to)
    {
        lock (_gate)
        {
            return !_entries.Exists(entry => entry.At >= from && entry.At < to);
        }
    }

    public void Shipped(JournalPosition shipped) => LastShipped = shipped;
}
