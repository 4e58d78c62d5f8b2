using System.Collections.Concurrent;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Storage.Journal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Win32.SafeHandles;

namespace LLMeterProxy.Storage.Tests.Journal;

/// <summary>A directory for journals, removed at the end; short forms for what goes into them.</summary>
internal sealed class TestJournal : IDisposable
{
    public const int SmallSegment = 8192;

    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly string _root = Directory.CreateTempSubdirectory("journal-").FullName;

    public string Root => Path.Combine(_root, "journal");

    public SettlementLog Settlements { get; } = new();

    public ConcurrentQueue<string> Fatal { get; } = new();

    public FakeTimeProvider Time { get; } = new(Noon);

    /// <summary>What the disk says of itself; roomy, whatever the disk of the tests is.</summary>
    public DiskSpace Disk { get; set; } = new(1L << 40, 1L << 40);

    /// <param name="flush">Syncs a file, and does it at no interval but only for those who wait; null for the real thing.</param>
    public MappedJournal Open(
        int segmentSize = 256 * 1024,
        Durability durability = Durability.ProcessCrash,
        string? directory = null,
        Action<SafeFileHandle>? flush = null,
        IBudgetStore? budgets = null) => new(
        new JournalOptions
        {
            Directory = directory ?? Root,
            SegmentSize = segmentSize,
            Durability = durability,
            SyncInterval = flush is null ? TimeSpan.FromMilliseconds(5) : Timeout.InfiniteTimeSpan,
            Flush = flush ?? DiskSync.Flush,
        },
        budgets ?? Settlements,
        Time,
        Fatal.Enqueue,
        NullLogger<MappedJournal>.Instance,
        () => Disk);

    /// <summary>What <c>kill -9</c> leaves: the files as they are at this instant, while the journal lives.</summary>
    public string CopyAsAfterKill()
    {
        var copy = Path.Combine(_root, "copy-" + Directory.GetDirectories(_root).Length);
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(Root).Where(f => f.EndsWith(".seg", StringComparison.Ordinal) || f.EndsWith(".json", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var to = File.Create(Path.Combine(copy, Path.GetFileName(file)));
            from.CopyTo(to);
        }

        return copy;
    }

    public static string SegmentPath(string directory, int number) => Path.Combine(directory, $"{number:D10}.seg");

    public static RequestId NewAttempt() => RequestIdGenerator.At(Noon).Attempt(1);

    public static UsageIntent Intent(RequestId? attempt = null, string tenant = "acme", long hold = 1_000, bool strict = false) => new()
    {
        AttemptId = attempt ?? NewAttempt(),
        Tenant = tenant,
        KeyId = "key_1",
        Provider = "openai",
        Operation = "chat",
        ModelRequested = "gpt-4.1-2025-04-14",
        Model = "gpt-4.1",
        Stream = true,
        Hold = new NanoUsd(hold),
        Strict = strict,
        InputTokensBound = 2_000,
        InputPrice = 2_000_000_000,
        OutputPrice = 8_000_000_000,
        Budgets = [new BudgetWindowKey(tenant, "bud_1", "month:2026-11-01T00:00:00Z")],
        PriceVersion = "2026-11",
        EndUser = "user-7",
        Tags = [new("team", "blue")],
        DispatchedAt = Noon,
    };

    public static UsageRecord Record(RequestId? attempt = null, string tenant = "acme", long? cost = 700, UsageSource source = UsageSource.Reported) => new()
    {
        AttemptId = attempt ?? NewAttempt(),
        Tenant = tenant,
        KeyId = "key_1",
        Provider = "openai",
        Operation = "chat",
        ModelRequested = "gpt-4.1",
        Model = "gpt-4.1",
        Status = 200,
        Outcome = RequestOutcome.Completed,
        Source = source,
        Usage = new TokenUsage { InputTokens = 10, UncachedInputTokens = 10, OutputTokens = 5 },
        Cost = cost is { } known ? new NanoUsd(known) : null,
        PriceVersion = "2026-11",
        Budgets = [new BudgetWindowKey(tenant, "bud_1", "month:2026-11-01T00:00:00Z")],
        Timings = new RequestTimings(Noon, 10, 20, 30),
    };

    public static List<JournalEntry> ReadAll(IJournalSource journal, JournalPosition from = default)
    {
        var entries = new List<JournalEntry>();
        while (journal.TryRead(from, out var entry))
        {
            entries.Add(entry);
            from = entry.Next;
        }

        return entries;
    }

    public static List<UsageRecord> ReadRecords(IJournalSource journal) =>
        [.. ReadAll(journal).Where(e => e.Kind == JournalEntryKind.Record).Select(e => UsageRecordCodec.Decode(e.Payload.Span))];

    /// <summary>Runs the bodies on threads of their own, all at once, and passes on what they throw.</summary>
    public static void InParallel(int threads, Action<int> body)
    {
        using var start = new Barrier(threads);
        var failures = new ConcurrentQueue<Exception>();
        var running = Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                body(i);
            }
            catch (Exception e)
            {
                failures.Enqueue(e);
            }
        })).ToList();
        running.ForEach(t => t.Start());
        running.ForEach(t => t.Join());
        Assert.Empty(failures);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
