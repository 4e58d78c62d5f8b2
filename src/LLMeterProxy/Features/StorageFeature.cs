using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Options;
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
            new JournalOptions { Directory = Path.Combine(settings.DataDirectory, "journal"), Durability = settings.Durability },
            p.GetRequiredService<IBudgetStore>(),
            p.GetRequiredService<TimeProvider>(),
            message => Environment.FailFast(message),
            p.GetRequiredService<ILogger<MappedJournal>>()));
        services.AddSingleton<IUsageJournal>(p => p.GetRequiredService<MappedJournal>());
        services.AddSingleton(p => SqliteLedger.Open(
            new SqliteLedgerOptions { Path = Path.Combine(settings.DataDirectory, "ledger.db") },
            Decode,
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<SqliteLedger>>()));
        services.AddSingleton<SqlLedger>(p => p.GetRequiredService<SqliteLedger>());
        services.AddSingleton<ILedgerStore>(p => p.GetRequiredService<SqlLedger>());
        services.AddSingleton<IUsageLedger>(p => p.GetRequiredService<SqlLedger>());
        services.AddSingleton(p => new LedgerShipper(
            p.GetRequiredService<MappedJournal>(),
            p.GetRequiredService<ILedgerStore>(),
            Decode,
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<LedgerShipper>>()));
        services.AddSingleton(p => new SqliteTenancyStore(
            p.GetRequiredService<SqlLedger>(),
            p.GetRequiredService<IBudgetStore>(),
            p.GetRequiredService<LedgerShipper>().FlushAsync,
            p.GetRequiredService<TimeProvider>(),
            settings.TimeZone,
            p.GetRequiredService<ILogger<SqliteTenancyStore>>()));
        services.AddSingleton<ITenancyStore>(p => p.GetRequiredService<SqliteTenancyStore>());
        services.AddSingleton<ITenancySnapshotSource>(p => p.GetRequiredService<SqliteTenancyStore>());
        services.AddSingleton<IKeyLookup, SnapshotOnlyLookup>();
        services.AddSingleton(new BudgetResolver(settings.TimeZone));
        services.AddSingleton<JournalRecovery>();
        services.AddHostedService<StorageLifetime>();
        return services;
    }

    private static UsageRecord Decode(ReadOnlyMemory<byte> payload) => UsageRecordCodec.Decode(payload.Span);
}
