using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Options;
using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Tenancy;
using LLMeterProxy.Storage.Tenancy.Lookup;
using StackExchange.Redis;

namespace LLMeterProxy.Features;

/// <summary>Caps on Redis: the store, its coordinator, and what else nodes share over it.</summary>
internal static class SharedBudgets
{
    public static IServiceCollection AddSharedBudgets(this IServiceCollection services, HostSettings settings)
    {
        var options = new RedisBudgetOptions { Configuration = settings.Redis.Configuration!, OperationTimeout = settings.Redis.OperationTimeout };
        services.AddSingleton(new StoreClock(TimeProvider.System));
        services.AddSingleton<TimeProvider>(p => p.GetRequiredService<StoreClock>());
        services.AddSingleton(options);
        services.AddSingleton<IConnectionMultiplexer>(_ => RedisPrimaries.ConnectAsync(options).GetAwaiter().GetResult());
        services.AddSingleton<RedisPrimaries>();
        services.AddSingleton<BudgetScriptClient>();
        services.AddSingleton<BudgetEpoch>();
        services.AddSingleton<ClockMeasurement>();
        services.AddSingleton<IReplicaRegistry>(p => new ReplicaRegistry(p.GetRequiredService<ILedgerStore>().Database, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Func<CounterSlots>>(p => () => SlotsOf(p.GetRequiredService<ITenancySnapshotSource>().Current));
        services.AddSingleton<ISlotOpener, SlotOpener>();
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
        services.AddSingleton<BudgetCoordinator>();
        services.AddSingleton<RedisMetrics>();
        services.AddSingleton<IBudgetLifetime, SharedBudgetLifetime>();
        services.AddSingleton<ITenancySignal, RedisTenancySignal>();
        services.AddKeyLookup(p => p.GetRequiredService<IConnectionMultiplexer>());
        return services;
    }

    private static CounterSlots SlotsOf(TenancySnapshot tenancy)
    {
        List<string> all = [.. tenancy.Tenants.Select(t => t.Id), AppliedBudget.GlobalSlot];
        var shared = tenancy.Keys
            .Where(k => k.Permissions.Contains(KeyPermissions.OnBehalf))
            .Select(k => k.TenantId)
            .Append(AppliedBudget.GlobalSlot)
            .ToHashSet(StringComparer.Ordinal);
        return new CounterSlots(all, shared);
    }
}
