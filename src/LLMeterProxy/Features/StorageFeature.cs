using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Options;
using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Budgets.InProcess;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Ledger.Sqlite;
using LLMeterProxy.Storage.Tenancy;

namespace LLMeterProxy.Features;

/// <summary>The embedded defaults: mapped journal, SQLite ledger, budgets in process.</summary>
internal static class StorageFeature
{
    public static IServiceCollection AddStorage(this IServiceCollection services, HostSettings settings)
    {
        services.AddSingleton<IBudgetStore, InProcessBudgetStore>();
        services.AddSingleton(p => (InProcessBudgetStore)p.GetRequiredService<IBudgetStore>());
        services.AddSingleton(p => new MappedJournal(
            new JournalOptions { Directory = LedgerFactory.JournalDirectory(settings), Durability = settings.Durability },
            p.GetRequiredService<IBudgetStore>(),
            p.GetRequiredService<TimeProvider>(),
            message => Environment.FailFast(message),
            p.GetRequiredService<ILogger<MappedJournal>>()));
        services.AddSingleton<IUsageJournal>(p => p.GetRequiredService<MappedJournal>());
        services.AddSingleton(p => SqliteLedger.Open(
            new SqliteLedgerOptions { Path = LedgerFactory.SqlitePath(settings) },
            LedgerFactory.Decode,
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<SqliteLedger>>()));
        services.AddSingleton<SqlLedger>(p => p.GetRequiredService<SqliteLedger>());
        services.AddSingleton<ILedgerStore>(p => p.GetRequiredService<SqlLedger>());
        services.AddSingleton<IUsageLedger>(p => p.GetRequiredService<SqlLedger>());
        services.AddSingleton(p => new LedgerShipper(
            p.GetRequiredService<MappedJournal>(),
            p.GetRequiredService<ILedgerStore>(),
            LedgerFactory.Decode,
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<LedgerShipper>>()));
        services.AddSingleton(p => new LedgerStreams(p.GetRequiredService<ILedgerStore>(), p.GetRequiredService<IBudgetStore>().Settle));
        services.AddSingleton(p => new TenancyStore(
            p.GetRequiredService<SqlLedger>(),
            p.GetRequiredService<LedgerShipper>().FlushAsync,
            p.GetRequiredService<LedgerStreams>().Send,
            p.GetRequiredService<TimeProvider>(),
            settings.TimeZone,
            signal: null,
            p.GetRequiredService<ILogger<TenancyStore>>()));
        services.AddSingleton<ITenancyStore>(p => p.GetRequiredService<TenancyStore>());
        services.AddSingleton<ITenancySnapshotSource>(p => p.GetRequiredService<TenancyStore>());
        services.AddSingleton<ITenancyCatchUp>(p => p.GetRequiredService<TenancyStore>());
        services.AddSingleton<IKeyLookup, SnapshotOnlyLookup>();
        services.AddSingleton(new BudgetResolver(settings.TimeZone));
        services.AddSingleton<JournalRecovery>();
        services.AddHostedService<StorageLifetime>();
        return services;
    }

    /// <summary>A setting that asks for what this version does not have must not be ignored (A25).</summary>
    public static void RefuseUnsupported(HostSettings settings, List<SettingError> errors)
    {
        if (errors.Count == 0 && settings.Redis.Configuration is not null)
        {
            errors.Add(new SettingError("LLMeter:Redis:Configuration", null, "is not supported by this version, which runs on one node.", "Leave it out."));
        }

        if (errors.Count == 0 && settings.PostgresConnectionString is not null)
        {
            errors.Add(new SettingError("LLMeter:Postgres:ConnectionString", null, "is not supported by this version, which runs on one node.", "Leave it out."));
        }
    }
}
