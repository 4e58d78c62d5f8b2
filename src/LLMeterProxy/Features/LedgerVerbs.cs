using LLMeterProxy.Cli;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Options;
using LLMeterProxy.Storage.Budgets.InProcess;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Ledger.Sql;

namespace LLMeterProxy.Features;

/// <summary>The verbs that work on a ledger without a server: <c>migrate</c> and <c>journal ship</c>.</summary>
internal static class LedgerVerbs
{
    // Neither needs to know providers, prices or secrets: an error there is no reason to refuse.
    private static readonly string[] _needed = ["LLMeter:DataDirectory", "LLMeter:Postgres", "LLMeter:Redis"];

    /// <summary>Brings the configured ledger up to this program.</summary>
    /// <exception cref="CliException">It cannot be, for the reason that the message has.</exception>
    public static Task<int> MigrateAsync(IConfigurationRoot configuration, TextWriter output, CancellationToken cancellationToken) =>
        ExplainAsync(async () =>
        {
            var settings = ReadSettings(configuration);
            using var held = TakeDataDirectory(settings);
            using var logs = Logs(configuration);
            using var ledger = LedgerFactory.Create(settings, TimeProvider.System, logs);
            var applied = await Task.Run(ledger.Migrate, cancellationToken);
            await output.WriteLineAsync(applied == 0
                ? $"Ledger {ledger.LedgerId} was up to date."
                : $"Ledger {ledger.LedgerId} was brought up to date by {applied} migration{(applied == 1 ? "" : "s")}.");
            return ExitCodes.Success;
        });

    /// <summary>Brings a journal that its node left behind into the configured ledger.</summary>
    /// <inheritdoc cref="MigrateAsync"/>
    public static Task<int> ShipJournalAsync(IConfigurationRoot configuration, string directory, TextWriter output, CancellationToken cancellationToken) =>
        ExplainAsync(async () =>
        {
            var found = JournalAdoption.Find(Path.GetFullPath(directory))
                ?? throw new CliException(ExitCodes.Failed, $"There is no journal in '{directory}'. Name a node's data directory, or the folder journal in it.");
            var settings = ReadSettings(configuration);
            RequireLedger(settings);
            var isOwn = string.Equals(found, LedgerFactory.JournalDirectory(settings), StringComparison.Ordinal);

            // The server that has the ledger counts caps in its own memory, and would not hear of what is added behind its back.
            using var held = isOwn ? null : TakeDataDirectory(settings);
            using var logs = Logs(configuration);
            using var ledger = LedgerFactory.Create(settings, TimeProvider.System, logs);
            await Task.Run(ledger.Migrate, cancellationToken);
            var adopted = await AdoptAsync(ledger, found, logs, cancellationToken);
            await output.WriteLineAsync(
                $"Node {adopted.NodeId}: {adopted.Shipped} records shipped, of which {adopted.Charged} are estimates of calls that were under way; {adopted.Conflicts} set aside.");
            await output.WriteLineAsync(adopted.Conflicts == 0
                ? $"The ledger has everything of '{found}'; it may be removed."
                : $"What was set aside contradicts the ledger or cannot be read; keep '{found}' until that is understood.");
            return adopted.Conflicts == 0 ? ExitCodes.Success : ExitCodes.Failed;
        });

    // Nobody asks these counters: the next start makes its own from the ledger.
    private static Task<AdoptedJournal> AdoptAsync(SqlLedger ledger, string directory, ILoggerFactory logs, CancellationToken cancellationToken) =>
        new JournalAdoption(ledger, new InProcessBudgetStore(), LedgerFactory.Decode, TimeProvider.System, logs).RunAsync(directory, cancellationToken);

    private static HostSettings ReadSettings(IConfigurationRoot configuration)
    {
        var errors = new List<SettingError>();
        var settings = SettingsReader.Read(configuration, new DialectCatalog(), errors);
        errors.RemoveAll(e => !Array.Exists(_needed, n => e.Key.StartsWith(n, StringComparison.OrdinalIgnoreCase)));
        return errors.Count == 0 ? settings : throw new CliException(ExitCodes.BadConfiguration, string.Join('\n', errors));
    }

    /// <summary>A mistyped directory would be given a new ledger, and the records would be in none that anybody reads.</summary>
    private static void RequireLedger(HostSettings settings)
    {
        if (!File.Exists(LedgerFactory.SqlitePath(settings)))
        {
            throw new CliException(
                ExitCodes.Failed, $"There is no ledger in '{settings.DataDirectory}'. Name its directory with --LLMeter:DataDirectory=….");
        }
    }

    private static JournalLock TakeDataDirectory(HostSettings settings)
    {
        try
        {
            return JournalLock.Take(LedgerFactory.JournalDirectory(settings));
        }
        catch (IOException e)
        {
            throw new CliException(ExitCodes.Failed, $"A server runs on '{settings.DataDirectory}'. Stop it first: it keeps caps in its memory.", e);
        }
    }

    private static ILoggerFactory Logs(IConfiguration configuration) => LoggerFactory.Create(logs => logs
        .AddConfiguration(configuration.GetSection("Logging"))
        .SetMinimumLevel(LogLevel.Warning)
        .AddSimpleConsole());

    private static async Task<int> ExplainAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (LedgerUnavailableException e)
        {
            throw new CliException(ExitCodes.LedgerUnavailable, $"The ledger cannot be written: {e.Message} Nothing is lost; run this again.", e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or InvalidOperationException)
        {
            throw new CliException(ExitCodes.Failed, e.Message, e);
        }
    }
}
