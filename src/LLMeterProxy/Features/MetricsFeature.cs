using System.Diagnostics.Metrics;
using LLMeterProxy.AdminApi.Security;
using LLMeterProxy.Gateway.Telemetry;
using OpenTelemetry.Metrics;

namespace LLMeterProxy.Features;

/// <summary><c>/metrics</c> on the control listener, through OpenTelemetry's Prometheus exporter.</summary>
internal static class MetricsFeature
{
    // The SDK's default of 2,000 folds further tenants silently into one series; points are pre-allocated, about 100 bytes each.
    private const int MaxSeries = 50_000;

    private static readonly double[] _seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
    private static readonly double[] _overheadSeconds = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1];

    private static readonly double[] _roundTripSeconds = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

    public static IServiceCollection AddMetricsEndpoint(this IServiceCollection services)
    {
        services.AddSingleton<BudgetGauges>();
        services.AddSingleton<StorageMetrics>();
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(GatewayMetrics.MeterName, StorageMetrics.MeterName)
            .AddPrometheusExporter(exporter =>
            {
                exporter.ScrapeResponseCacheDurationMilliseconds = 0;
                exporter.ScopeInfoEnabled = false;
                exporter.TargetInfoEnabled = false;
            }));
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) =>
        {
            var own = provider.GetRequiredService<IMeterFactory>();
            metrics.AddView(instrument => ViewOf(instrument, own));
        });
        return services;
    }

    public static void MapMetrics(this WebApplication app)
    {
        // Instruments exist once their owners do.
        app.Services.GetRequiredService<GatewayMetrics>();
        app.Services.GetRequiredService<BudgetGauges>();
        app.Services.GetRequiredService<StorageMetrics>();
        app.Services.GetService<RedisMetrics>();
        app.Services.GetRequiredService<MetricsAuthorization>().Protect(app.MapPrometheusScrapingEndpoint("/metrics"));
    }

    private static MetricStreamConfiguration ViewOf(Instrument instrument, IMeterFactory own)
    {
        // Meters are found by name in the whole process: another node in it would add its series to ours, and take ours away
        // when it stops.
        if (!ReferenceEquals(instrument.Meter.Scope, own))
        {
            return MetricStreamConfiguration.Drop;
        }

        return instrument.Name switch
        {
            RedisMetrics.RoundTrip => new ExplicitBucketHistogramConfiguration { Boundaries = _roundTripSeconds },
            "llmeter_overhead" => new ExplicitBucketHistogramConfiguration { Boundaries = _overheadSeconds },
            "llmeter_request_duration" or "llmeter_time_to_first_token" => new ExplicitBucketHistogramConfiguration { Boundaries = _seconds },
            _ => new MetricStreamConfiguration { CardinalityLimit = MaxSeries },
        };
    }
}
