using LLMeterProxy.Core.Tenancy;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace LLMeterProxy.Storage.Tenancy.Lookup;

/// <summary>Registers the look-up of keys that other replicas issued. Needs <see cref="TenancyStore"/> and <see cref="TimeProvider"/>.</summary>
public static class KeyLookupServices
{
    /// <param name="redis">The connection whose Redis replicas share answers on. The container's cache disposes it with itself.</param>
    public static IServiceCollection AddKeyLookup(this IServiceCollection services, Func<IServiceProvider, IConnectionMultiplexer> redis)
    {
        services.AddStackExchangeRedisCache(static _ => { });
        services.AddOptions<RedisCacheOptions>()
            .Configure<IServiceProvider>((options, provider) => options.ConnectionMultiplexerFactory = () => Task.FromResult(redis(provider)));
        services.AddHybridCache();
        services.AddSingleton<IKeyDirectory>(provider => provider.GetRequiredService<TenancyStore>());
        services.AddSingleton(new KeyLookupOptions());
        services.AddSingleton<IKeyLookup, KeyLookup>();
        return services;
    }
}
