using LLMeterProxy.AdminApi;
using LLMeterProxy.Core.Repricing;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Options;

namespace LLMeterProxy.Features;

/// <summary>The control listener: admin API, probes, metrics.</summary>
internal static class ControlFeature
{
    public static IServiceCollection AddControl(this IServiceCollection services, HostSettings settings, SecretsInUse secrets)
    {
        services.AddSingleton<EntityIds>();
        services.AddSingleton<IKeyMint, KeyMint>();
        services.AddSingleton<IZoneCatalog, ZoneCatalog>();
        services.AddSingleton<IBudgetWindows, BudgetWindows>();
        services.AddSingleton<IPriceListing, PriceListing>();
        services.AddSingleton<IProviderPricings, ProviderPricings>();
        services.AddSingleton<IReadiness>(p => p.GetRequiredService<NodeState>());
        return services.AddAdminApi(new AdminApiOptions
        {
            AdminToken = secrets.AdminToken,
            MetricsToken = settings.MetricsToken,
            AnonymousMetrics = settings.AnonymousMetrics,
            TimeZone = settings.TimeZone,
            DefaultTenantCap = settings.DefaultTenantCap,
            Providers = [.. settings.Providers.Select(p => p.Name)],
            Version = ProductVersion.Text,
        });
    }
}
