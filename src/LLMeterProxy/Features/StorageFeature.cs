using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Options;
using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Tenancy;

namespace LLMeterProxy.Features;

/// <summary>The node's journal, the ledger that it feeds, tenancy, and the counters of caps, each where the settings say.</summary>
internal static class StorageFeature
{
    public static IServiceCollection AddStorage(this IServiceCollection services, HostSettings settings)
    {
        services.AddSingleton<NodeExit>();
        services.AddSingleton(p => new MappedJournal(
            new JournalOptions { Directory = settings.JournalDirectory, Durability = settings.Durability },
            p.GetRequiredService<IBudgetStore>(),
            p.GetRequiredService<TimeProvider>(),
            message => Environment.FailFast(message),
            p.GetRequiredService<ILogger<MappedJournal>>()));
        services.AddSingleton<IUsageJournal>(p => p.GetRequiredService<MappedJournal>());
        services.AddSingleton(p => LedgerFactory.Open(settings, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<ILedgerStore>(p => p.GetRequiredService<SqlLedger>());
        services.AddSingleton<IUsageLedger>(p => p.GetRequiredService<SqlLedger>());
        services.AddSingleton(p =>
        {
            var shipper = new LedgerShipper(
                p.GetRequiredService<MappedJournal>(),
                p.GetRequiredService<ILedgerStore>(),
                LedgerFactory.Decode,
                p.GetRequiredService<TimeProvider>(),
                p.GetRequiredService<ILogger<LedgerShipper>>());
            shipper.LedgerSettled += p.GetRequiredService<LedgerStreams>().Notice;
            return shipper;
        });
        services.AddSingleton(p => new TenancyStore(
            p.GetRequiredService<SqlLedger>(),
            p.GetRequiredService<LedgerShipper>().FlushAsync,
            p.GetRequiredService<LedgerStreams>().TrySendAsync,
            p.GetRequiredService<TimeProvider>(),
            settings.TimeZone,
            p.GetRequiredService<ITenancySignal>(),
            p.GetRequiredService<ILogger<TenancyStore>>()));
        services.AddSingleton<ITenancyStore>(p => p.GetRequiredService<TenancyStore>());
        services.AddSingleton<ITenancySnapshotSource>(p => p.GetRequiredService<TenancyStore>());
        services.AddSingleton<ITenancyCatchUp>(p => p.GetRequiredService<TenancyStore>());
        services.AddSingleton(new BudgetResolver(settings.TimeZone));
        services.AddSingleton<JournalRecovery>();
        services.AddHostedService<StorageLifetime>();
        return settings.Redis.Configuration is null ? services.AddOwnBudgets(settings) : services.AddSharedBudgets(settings);
    }
}
