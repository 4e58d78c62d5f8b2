using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Ledger;

/// <summary>
/// Takes a journal that its node has left behind (the machine is gone, its disk is here) as a restart of that node would:
/// what was under way is charged, and everything goes into the ledger. Running it again finds nothing left to do; killed
/// half-way, the next run goes on.
/// </summary>
public sealed class JournalAdoption(ILedgerStore ledger, Func<ReadOnlyMemory<byte>, UsageRecord> decode, TimeProvider time, ILoggerFactory logs)
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

    /// <param name="journal">Open, and so under its lock; nothing reads it but this.</param>
    /// <exception cref="InvalidOperationException">The ledger knows more of this journal than there is.</exception>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be written; the journal keeps everything.</exception>
    public async Task<AdoptedJournal> RunAsync(MappedJournal journal, CancellationToken cancellationToken)
    {
        using var shipper = new LedgerShipper(journal, ledger, decode, time, logs.CreateLogger<LedgerShipper>());
        var charged = await new JournalRecovery(journal, ledger, logs.CreateLogger<JournalRecovery>()).RunAsync(cancellationToken);
        await shipper.FlushAsync(cancellationToken);
        return new AdoptedJournal(journal.NodeId, shipper.Shipped, charged, shipper.Conflicts);
    }
}
