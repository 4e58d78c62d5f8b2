using LLMeterProxy.AdminApi.Audit;
using LLMeterProxy.AdminApi.Budgets;
using LLMeterProxy.AdminApi.Keys;
using LLMeterProxy.AdminApi.OpenApi;
using LLMeterProxy.AdminApi.Prices;
using LLMeterProxy.AdminApi.Repricing;
using LLMeterProxy.AdminApi.Security;
using LLMeterProxy.AdminApi.Service;
using LLMeterProxy.AdminApi.Tenants;
using LLMeterProxy.AdminApi.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LLMeterProxy.AdminApi;

/// <summary>Registers the admin API.</summary>
public static class AdminApiServices
{
    /// <summary>
    /// Beside this the host registers the stores of Core, <see cref="Core.Repricing.IProviderPricings"/>, <see cref="IBudgetWindows"/>, <see cref="IKeyMint"/>,
    /// <see cref="IZoneCatalog"/>, <see cref="IPriceListing"/> and <see cref="IReadiness"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The admin token or the metrics token is too short to be a secret (T93).</exception>
    public static IServiceCollection AddAdminApi(this IServiceCollection services, AdminApiOptions options)
    {
        RequireSecret(options.AdminToken, "LLMeter:Admin:Token");
        if (options.MetricsToken is { } metrics)
        {
            RequireSecret(metrics, "LLMeter:Metrics:Token");
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<AdminGate>();
        services.AddSingleton<MetricsAuthorization>();
        services.AddSingleton<TenantRules>();
        services.AddSingleton<TenantEndpoints>();
        services.AddSingleton<KeyRules>();
        services.AddSingleton<KeyEndpoints>();
        services.AddSingleton<BudgetFigures>();
        services.AddSingleton<BudgetRules>();
        services.AddSingleton<BudgetEndpoints>();
        services.AddSingleton<RecordReader>();
        services.AddSingleton<UsageEndpoints>();
        services.AddSingleton<PriceEndpoints>();
        services.AddSingleton<RepriceRun>();
        services.AddSingleton<RepriceEndpoints>();
        services.AddSingleton<AuditEndpoints>();
        services.AddSingleton<ServiceEndpoints>();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, AdminJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, AdminRequestJson.Default);
        });
        return services.AddOpenApi(AdminDocument.Name, AdminDocument.Configure);
    }

    private static void RequireSecret(string token, string setting)
    {
        if (token.Length < AdminApiOptions.MinTokenLength)
        {
            throw new ArgumentException(
                $"{setting} has {token.Length} characters; it must have at least {AdminApiOptions.MinTokenLength}. Leave it out and one is generated.",
                nameof(token));
        }
    }
}
