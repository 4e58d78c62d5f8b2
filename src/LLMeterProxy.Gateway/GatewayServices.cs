using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Gateway.Admit;
using LLMeterProxy.Gateway.Forward;
using LLMeterProxy.Gateway.Identify;
using LLMeterProxy.Gateway.Inspect;
using LLMeterProxy.Gateway.Record;
using LLMeterProxy.Gateway.Route;
using LLMeterProxy.Gateway.Settle;
using LLMeterProxy.Gateway.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace LLMeterProxy.Gateway;

/// <summary>Registers the data plane. What it needs from elsewhere: the stores of Core, <see cref="TimeProvider"/>, the price book.</summary>
public static class GatewayServices
{
    public static IServiceCollection AddGateway(
        this IServiceCollection services, GatewaySettings settings, IReadOnlyList<ProviderSettings> providers, KeyPepper pepper)
    {
        services.AddHttpForwarder();
        services.AddSingleton(settings);
        services.AddSingleton(providers);
        services.AddSingleton<IEnumerable<ProviderSettings>>(providers);
        services.AddSingleton(pepper);
        services.AddSingleton<RequestIdGenerator>();
        services.AddSingleton<ProviderCatalog>();
        services.AddSingleton<IdentifyStage>();
        services.AddSingleton<BodyMemory>();
        services.AddSingleton<InspectStage>();
        services.AddSingleton<RouteStage>();
        services.AddSingleton<ModelStatisticsBook>();
        services.AddSingleton<IdempotencyKeys>();
        services.AddSingleton<AttemptOpener>();
        services.AddSingleton<OutageAllowance>();
        services.AddSingleton<AdmitStage>();
        services.AddSingleton<UpstreamClients>();
        services.AddSingleton<UpstreamAuthorizers>();
        services.AddSingleton<UpstreamTransformer>();
        services.AddSingleton<Drain>();
        services.AddSingleton<ForwardStage>();
        services.AddSingleton<RecordBuilder>();
        services.AddSingleton<SettleStage>();
        services.AddSingleton<MeteringCounters>();
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<IBudgetObserver>(p => p.GetRequiredService<GatewayMetrics>());
        services.AddSingleton<RecordStage>();
        services.AddSingleton<OwnUsageEndpoint>();
        services.AddSingleton<GatewayEndpoint>();
        return services;
    }
}
