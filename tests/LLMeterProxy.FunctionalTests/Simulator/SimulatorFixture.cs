using System.Net.Http.Headers;
using System.Text;
using LLMeterProxy.Simulator;
using LLMeterProxy.Simulator.Billing;

namespace LLMeterProxy.FunctionalTests.Simulator;

/// <summary>A simulator and a client that talks to it without a proxy.</summary>
internal sealed class SimulatorFixture : IAsyncDisposable
{
    private SimulatorFixture(SimulatorHost host)
    {
        Host = host;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = host.BaseUrl };
    }

    public SimulatorHost Host { get; }

    public HttpClient Client { get; }

    public static async Task<SimulatorFixture> StartAsync(SimulatorOptions? options = null) =>
        new(await SimulatorHost.StartAsync(options ?? new SimulatorOptions()));

    public static HttpRequestMessage Post(string path, string json, string? scenario = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "sk-simulated-0123456789abcdef");
        if (scenario is not null)
            request.Headers.Add("x-sim-scenario", scenario);
        return request;
    }

    public async Task<(HttpResponseMessage Response, string Body)> SendAsync(string path, string json, string? scenario = null)
    {
        using var request = Post(path, json, scenario);
        var response = await Client.SendAsync(request);
        return (response, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The entry of the only dispatch.</summary>
    public async Task<BillEntry> BillAsync()
    {
        await Host.WhenIdleAsync();
        return Assert.Single(Host.Bills);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
    }
}
