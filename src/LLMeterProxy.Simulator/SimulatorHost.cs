using System.Net;
using LLMeterProxy.Simulator.Billing;
using LLMeterProxy.Simulator.Scripting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LLMeterProxy.Simulator;

/// <summary>
/// A simulator on a port of its own, on 127.0.0.1. It serves any number of provider names at once: give each a base URL
/// like <c>{BaseUrl}/acme</c>.
/// </summary>
public sealed class SimulatorHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private SimulatorHost(WebApplication application, ProviderSimulator simulator, Uri baseUrl)
    {
        _application = application;
        Simulator = simulator;
        BaseUrl = baseUrl;
    }

    /// <summary>Origin of the simulator, with a trailing slash.</summary>
    public Uri BaseUrl { get; }

    /// <summary>The simulator itself.</summary>
    public ProviderSimulator Simulator { get; }

    /// <inheritdoc cref="ProviderSimulator.Bills"/>
    public IReadOnlyList<BillEntry> Bills => Simulator.Bills;

    /// <inheritdoc cref="ProviderSimulator.Requests"/>
    public IReadOnlyList<RecordedRequest> Requests => Simulator.Requests;

    /// <inheritdoc cref="ProviderSimulator.Script"/>
    public void Script(Scenario scenario, int times = 1, Func<RecordedRequest, bool>? when = null) => Simulator.Script(scenario, times, when);

    /// <inheritdoc cref="ProviderSimulator.WhenIdleAsync"/>
    public Task WhenIdleAsync(CancellationToken cancellationToken = default) => Simulator.WhenIdleAsync(cancellationToken);

    /// <summary>Starts listening.</summary>
    /// <exception cref="IOException">The port is taken, or the bill log cannot be opened.</exception>
    public static async Task<SimulatorHost> StartAsync(SimulatorOptions options, CancellationToken cancellationToken = default)
    {
        // The empty builder: neither files nor environment variables of the process around it may change a provider.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxRequestBodyBytes;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        // One byte in the transport's pipe holds a write back until the socket has taken it.
        if (options.WriteThrough)
            builder.Services.Configure<SocketTransportOptions>(sockets => sockets.MaxWriteBufferSize = 1);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var simulator = new ProviderSimulator(options);
        var application = builder.Build();
        application.Run(simulator.HandleAsync);
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch
        {
            await application.DisposeAsync();
            simulator.Dispose();
            throw;
        }

        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new SimulatorHost(application, simulator, new Uri(addresses.First() + "/"));
    }

    /// <summary>Completes when the process is told to stop or the token fires.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _application.WaitForShutdownAsync(cancellationToken);

    /// <summary>Stops listening, ends what is being served, closes the bill log.</summary>
    public async ValueTask DisposeAsync()
    {
        Simulator.Stop();
        await _application.StopAsync();
        await _application.DisposeAsync();
        Simulator.Dispose();
    }
}
