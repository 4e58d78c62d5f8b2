using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Ledger;

/// <summary>
/// Takes a journal that its node has left behind (the machine is gone, its disk is here) as a restart of that node would:
/// under the journal's lock, what was under way is charged, and everything goes into the ledger. Running it again finds nothing
/// left to do; killed half-way, the next run goes on.
/// </summary>
/// <param name="budgets">Where the settlements of the journal go.</param>
public sealed class JournalAdoption(
    ILedgerStore ledger, IBudgetStore budgets, Func<ReadOnlyMemory<byte>, UsageRecord> decode, TimeProvider time, ILoggerFactory logs)
{
    private const string FolderOfDataDirectory = "journal";

    /// <summary>The journal in a directory, which may be a data directory; null where there is none.</summary>
    public static string? Find(string directory)
    {
        foreach (var candidate in (ReadOnlySpan<string>)[directory, Path.Combine(directory, FolderOfDataDirectory)])
        {
            if (File.Exists(NodeIdentity.PathIn(candidate)))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <param name="directory">As <see cref="Find"/> has it.</param>
    /// <exception cref="IOException">Another process has the journal, or its disk is full.</exception>
    /// <exception cref="InvalidDataException">A file of the journal is damaged.</exception>
    /// <exception cref="InvalidOperationException">The ledger knows more of this journal than there is.</exception>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be written; the journal keeps everything.</exception>
    public async Task<AdoptedJournal> RunAsync(string directory, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        using var journal = new MappedJournal(
            new JournalOptions { Directory = directory },
            budgets,
            time,
            message => Interlocked.CompareExchange(ref failure, new IOException(message), null),
            logs.CreateLogger<MappedJournal>());
        using var shipper = new LedgerShipper(journal, ledger, decode, time, logs.CreateLogger<LedgerShipper>());
        var charged = await new JournalRecovery(journal, ledger, logs.CreateLogger<JournalRecovery>()).RunAsync(cancellationToken);
        await shipper.FlushAsync(cancellationToken);
        return failure is null ? new AdoptedJournal(journal.NodeId, shipper.Shipped, charged, shipper.Conflicts) : throw failure;
    }
}
