using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Options;
using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Budgets.InProcess;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Ledger.Postgres;
using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Tenancy;
using StackExchange.Redis;

namespace LLMeterProxy.Features.Budgets;

/// <summary>Where caps are enforced: in this process, or on Redis.</summary>
internal static class BudgetsFeature
{
    public static IServiceCollection AddBudgets(this IServiceCollection services, HostSettings settings)
    {
        services.AddSingleton<NodeExit>();
        return settings.Redis.Configuration is { } configuration
            ? services.AddRedisBudgets(settings, configuration)
            : services.AddInProcessBudgets(settings);
    }

    private static IServiceCollection AddInProcessBudgets(this IServiceCollection services, HostSettings settings)
    {
        services.AddSingleton(p => new InProcessBudgetStore(p.GetService<IBudgetObserver>()));
        if (settings.PostgresConnectionString is { } database)
        {
            services.AddSingleton(p => new SingleNodeLock(
                database, p.GetRequiredService<MappedJournal>().NodeId, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<SingleNodeLock>>()));

            // The journal settles on the store, and the lock has its name from the journal: so the lock is asked for late.
            services.AddSingleton<IBudgetStore>(p => new SingleNodeBudgetStore(
                p.GetRequiredService<InProcessBudgetStore>(), new Lazy<SingleNodeLock>(p.GetRequiredService<SingleNodeLock>)));
        }
        else
        {
            services.AddSingleton<IBudgetStore>(p => p.GetRequiredService<InProcessBudgetStore>());
        }

        services.AddSingleton(p => new LedgerStreams(p.GetRequiredService<ILedgerStore>(), settlements =>
        {
            var store = p.GetRequiredService<InProcessBudgetStore>();
            foreach (var settlement in settlements)
            {
                store.Settle(settlement);
            }

            return Task.FromResult(true);
        }));
        services.AddSingleton<IBudgetsLifetime, InProcessBudgets>();
        return services;
    }

    private static IServiceCollection AddRedisBudgets(this IServiceCollection services, HostSettings settings, string configuration)
    {
        var options = new RedisBudgetOptions { Configuration = configuration, OperationTimeout = settings.Redis.OperationTimeout };

        // Replicas whose clocks differ have to draw the same windows.
        var clock = new StoreClock(TimeProvider.System);
        services.AddSingleton(clock);
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton(options);

        // Waits for two seconds at most where Redis is away; from then on it is tried in the background.
        services.AddSingleton<IConnectionMultiplexer>(_ => RedisPrimaries.ConnectAsync(options).GetAwaiter().GetResult());
        services.AddSingleton<BudgetEpoch>();
        services.AddSingleton<BudgetScriptClient>();
        services.AddSingleton<RedisPrimaries>();
        services.AddSingleton<ClockMeasurement>();
        services.AddSingleton<IReplicaRegistry>(p => new ReplicaRegistry(p.GetRequiredService<ILedgerStore>().Database, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ISlotOpener>(p => new SlotOpener(
            p.GetRequiredService<IReplicaRegistry>(), p.GetRequiredService<BudgetScriptClient>(), () => SlotsOf(p), p.GetRequiredService<TimeProvider>()));

        // The journal settles on the store, which reads it again where it has lost something: so the journal is asked for late.
        services.AddSingleton<IUnsettledSource>(p => new JournalUnsettled(
            p.GetRequiredService<IReplicaRegistry>(), p.GetRequiredService<MappedJournal>, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new RedisBudgetStore(
            p.GetRequiredService<BudgetScriptClient>(),
            p.GetRequiredService<BudgetEpoch>(),
            p.GetRequiredService<ISlotOpener>(),
            p.GetRequiredService<IUnsettledSource>(),
            p.GetRequiredService<ClockMeasurement>().MeasureAsync,
            options,
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<RedisBudgetStore>>(),
            p.GetService<IBudgetObserver>()));
        services.AddSingleton<IBudgetStore>(p => p.GetRequiredService<RedisBudgetStore>());
        services.AddSingleton(p => new LedgerStreams(p.GetRequiredService<ILedgerStore>(), p.GetRequiredService<RedisBudgetStore>().TryApplyAsync));
        services.AddSingleton(p => new BudgetCoordinator(
            p.GetRequiredService<IReplicaRegistry>(),
            p.GetRequiredService<BudgetScriptClient>(),
            p.GetRequiredService<RedisPrimaries>(),
            p.GetRequiredService<RedisBudgetStore>(),
            p.GetRequiredService<BudgetEpoch>(),
            p.GetRequiredService<MappedJournal>(),
            p.GetRequiredService<ILedgerStore>(),
            p.GetRequiredService<LedgerStreams>(),
            p.GetRequiredService<ClockMeasurement>(),
            () => SlotsOf(p),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<BudgetCoordinator>>()));
        services.AddSingleton<IBudgetsLifetime, RedisBudgets>();
        return services;
    }

    private static CounterSlots SlotsOf(IServiceProvider services)
    {
        var snapshot = services.GetRequiredService<ITenancySnapshotSource>().Current;
        var shared = snapshot.Keys
            .Where(k => k.Permissions.Contains(KeyPermissions.OnBehalf))
            .Select(k => k.TenantId)
            .Append(AppliedBudget.GlobalSlot)
            .ToHashSet(StringComparer.Ordinal);
        return new CounterSlots([.. snapshot.Tenants.Select(t => t.Id), AppliedBudget.GlobalSlot], shared);
    }
}
