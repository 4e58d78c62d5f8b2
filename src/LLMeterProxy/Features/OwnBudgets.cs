using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Options;
using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Budgets.InProcess;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Ledger.Postgres;
using LLMeterProxy.Storage.Tenancy;

namespace LLMeterProxy.Features;

/// <summary>Caps in this process' memory: one node, on SQLite or alone on a PostgreSQL.</summary>
internal static class OwnBudgets
{
    public static IServiceCollection AddOwnBudgets(this IServiceCollection services, HostSettings settings)
    {
        services.AddSingleton(p => new InProcessBudgetStore(p.GetService<IBudgetObserver>()));
        if (settings.PostgresConnectionString is { } postgres)
        {
            services.AddSingleton(p => new SingleNodeLock(
                postgres,
                p.GetRequiredService<MappedJournal>().NodeId,
                p.GetRequiredService<TimeProvider>(),
                p.GetRequiredService<ILogger<SingleNodeLock>>()));
            services.AddSingleton<IBudgetStore>(p => new SingleNodeBudgets(
                p.GetRequiredService<InProcessBudgetStore>(), () => p.GetRequiredService<SingleNodeLock>().IsHeld));
        }
        else
        {
            services.AddSingleton<IBudgetStore>(p => p.GetRequiredService<InProcessBudgetStore>());
        }

        services.AddSingleton(p => new LedgerStreams(p.GetRequiredService<ILedgerStore>(), settlements =>
        {
            var budgets = p.GetRequiredService<IBudgetStore>();
            foreach (var settlement in settlements)
            {
                budgets.Settle(settlement);
            }

            return Task.FromResult(true);
        }));
        services.AddSingleton<IKeyLookup, SnapshotOnlyLookup>();
        services.AddSingleton<ITenancySignal>(new NoTenancySignal());
        services.AddSingleton<IBudgetLifetime, OwnBudgetLifetime>();
        return services;
    }
}
