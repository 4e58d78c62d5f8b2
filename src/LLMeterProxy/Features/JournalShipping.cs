using LLMeterProxy.Cli;
using LLMeterProxy.Options;
using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Budgets.InProcess;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Ledger.Postgres;
using LLMeterProxy.Storage.Ledger.Sql;

namespace LLMeterProxy.Features;

/// <summary>Takes over a journal as its own node would at a start, but for serving: into the ledger, and into the counters where they are shared.</summary>
internal static class JournalShipping
{
    private static readonly TimeSpan _countersLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(200);

    /// <param name="settings">With the journal's directory.</param>
    public static Task<AdoptedJournal> RunAsync(HostSettings settings, ILoggerFactory logs, CancellationToken cancellationToken) =>
        settings.Redis.Configuration is null ? ShipAsync(settings, logs, cancellationToken) : ShipToReplicasAsync(settings, logs, cancellationToken);

    private static async Task<AdoptedJournal> ShipAsync(HostSettings settings, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        using var ledger = LedgerFactory.Open(settings, TimeProvider.System, logs);

        // Nobody asks these counters: the next start makes its own from the ledger.
        using var journal = new MappedJournal(
            new JournalOptions { Directory = settings.JournalDirectory },
            new InProcessBudgetStore(),
            TimeProvider.System,
            message => Environment.FailFast(message),
            logs.CreateLogger<MappedJournal>());
        await using var nodeLock = settings.PostgresConnectionString is { } database
            ? new SingleNodeLock(database, journal.NodeId, TimeProvider.System, logs.CreateLogger<SingleNodeLock>())
            : null;
        if (nodeLock is not null)
        {
            await nodeLock.TakeAsync(cancellationToken);
        }

        return await AdoptAsync(ledger, journal, logs, cancellationToken);
    }

    private static async Task<AdoptedJournal> ShipToReplicasAsync(HostSettings settings, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddSingleton(logs);
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddStorage(settings);
        await using var provider = services.BuildServiceProvider();
        var ledger = provider.GetRequiredService<SqlLedger>();
        var journal = provider.GetRequiredService<MappedJournal>();
        var counters = provider.GetRequiredService<IBudgetLifetime>();
        await counters.ClaimAsync(cancellationToken);
        var adopted = await AdoptAsync(ledger, journal, logs, cancellationToken);
        await counters.StartAsync(cancellationToken);
        await WaitForCountersAsync(provider.GetRequiredService<IReplicaRegistry>(), journal, cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.ShippingTimeout);
        return await counters.StopAsync(limit.Token) ? adopted : throw CountersLack();
    }

    private static Task<AdoptedJournal> AdoptAsync(SqlLedger ledger, MappedJournal journal, ILoggerFactory logs, CancellationToken cancellationToken) =>
        new JournalAdoption(ledger, LedgerFactory.Decode, TimeProvider.System, logs).RunAsync(journal, cancellationToken);

    /// <summary>The coordinator closes the runs that wrote the journal once Redis has all that they settled.</summary>
    private static async Task WaitForCountersAsync(IReplicaRegistry registry, MappedJournal journal, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while ((await Task.Run(registry.ReadUnclosed, cancellationToken)).Any(i =>
            string.Equals(i.NodeId, journal.NodeId, StringComparison.Ordinal) && !string.Equals(i.Incarnation, journal.Incarnation, StringComparison.Ordinal)))
        {
            if (TimeProvider.System.GetElapsedTime(started) > _countersLimit)
            {
                throw CountersLack();
            }

            await Task.Delay(_poll, cancellationToken);
        }
    }

    private static CliException CountersLack() => new(
        ExitCodes.LedgerUnavailable, "The ledger has everything, but Redis could not be told of all of it. Nothing is lost; run this again when Redis answers.");
}
