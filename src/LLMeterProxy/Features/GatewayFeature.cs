using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway;
using LLMeterProxy.Gateway.Telemetry;
using LLMeterProxy.Options;

namespace LLMeterProxy.Features;

/// <summary>The data plane with what it reads: dialects and prices.</summary>
internal static class GatewayFeature
{
    public static IServiceCollection AddGatewayListener(
        this IServiceCollection services, HostSettings settings, SecretsInUse secrets, IDialectCatalog dialects, PriceBookSource prices)
    {
        services.AddSingleton(dialects);
        services.AddSingleton<IPriceBookSource>(prices);
        services.AddSingleton(new GlobalTimeZone(settings.TimeZone));
        return services.AddGateway(settings.Gateway, settings.Providers, secrets.Pepper);
    }

    /// <summary>Before routing: what comes in on the gateway's listener never sees the control endpoints, and the reverse (T30).</summary>
    public static void UseGatewayListener(this WebApplication app)
    {
        var gateway = app.Services.GetRequiredService<GatewayEndpoint>();
        app.Use((http, next) => http.Features.Get<ListenerRole>() is { IsGateway: true } ? gateway.InvokeAsync(http) : next(http));
    }
}
