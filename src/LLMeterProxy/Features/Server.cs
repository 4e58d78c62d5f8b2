using System.Runtime.InteropServices;
using LLMeterProxy.AdminApi;
using LLMeterProxy.Cli;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway.Forward;
using LLMeterProxy.Options;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace LLMeterProxy.Features;

/// <summary>Composes and runs one node.</summary>
internal static class Server
{
    private static readonly TimeSpan _stopMargin = TimeSpan.FromSeconds(10);

    /// <summary>Serves until it is told to stop.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = Build(args);
            await app.StartAsync(cancellationToken);
            Announcement.Write(app);
            await app.WaitForShutdownAsync(cancellationToken);
            return app.Services.GetRequiredService<NodeState>().IsShipped ? ExitCodes.Success : ExitCodes.LedgerUnavailable;
        }
        catch (SettingsException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.BadConfiguration;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync($"LLMeterProxy cannot start: {e.Message}");
            return ExitCodes.BadConfiguration;
        }
    }

    /// <exception cref="SettingsException">Every bad setting at once.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? customize = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(Server).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        customize?.Invoke(builder);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Yarp", LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);

        var errors = new List<SettingError>();
        var dialects = new DialectCatalog();
        var settings = SettingsReader.Read(builder.Configuration, dialects, errors);
        var prices = errors.Count == 0 ? PriceFile.Load(settings, errors) : null;
        if (errors.Count > 0)
        {
            throw new SettingsException(errors);
        }

        var secrets = new SecretsInUse(settings);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Listeners.Configure(kestrel, settings, TimeProvider.System));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.DrainTimeout + settings.ShippingTimeout + _stopMargin);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(secrets);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<NodeState>();
        builder.Services.AddStorage(settings);
        builder.Services.AddGatewayListener(settings, secrets, dialects, prices!);
        builder.Services.AddControl(settings, secrets);
        builder.Services.AddMetricsEndpoint();

        var app = builder.Build();
        app.UseGatewayListener();
        app.UseRouting();
        app.MapAdminApi();
        app.MapMetrics();
        DrainOnStop(app, settings);
        return app;
    }

    /// <summary>The addresses that are really listened on, gateway first.</summary>
    public static (string Gateway, string Control) Addresses(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        return (addresses[0], addresses[1]);
    }

    private static void DrainOnStop(WebApplication app, HostSettings settings)
    {
        var drain = app.Services.GetRequiredService<Drain>();
        var log = app.Services.GetRequiredService<ILogger<Drain>>();
        app.Lifetime.ApplicationStopping.Register(() =>
        {
            app.Services.GetRequiredService<NodeState>().Draining();
            HostLog.Draining(log, settings.DrainTimeout);
            drain.ExpireAfter(settings.DrainTimeout);
        });
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            var (gateway, control) = Addresses(app);
            HostLog.Serving(log, gateway, control, settings.DataDirectory, RuntimeInformation.FrameworkDescription);
        });
    }
}
