using LLMeterProxy.TestKit;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LLMeterProxy.FunctionalTests.Passthrough;

/// <summary>
/// One node before a <see cref="ScriptedUpstream"/>, so that a test decides what comes after what. The providers have the
/// names of their kinds.
/// </summary>
public sealed class ScriptedFixture : IAsyncLifetime
{
    private static readonly string[] _kinds = ["openai", "anthropic", "gemini", "openrouter", "openai-compatible"];

    public ScriptedUpstream Upstream { get; } = ScriptedUpstream.Start();

    public Departures Departures { get; } = new();

    public TestNode Node { get; private set; } = null!;

    /// <summary>Of the listener for HTTP/2 without TLS.</summary>
    public string H2cUrl => Node.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Last();

    public async Task InitializeAsync()
    {
        var settings = new Dictionary<string, string> { ["LLMeter:Providers:openai-compatible:PriceList"] = "openai", ["LLMeter:Listen:GatewayH2c"] = "http://127.0.0.1:0" };
        foreach (var kind in _kinds)
        {
            settings[$"LLMeter:Providers:{kind}:Kind"] = kind;
            settings[$"LLMeter:Providers:{kind}:BaseUrl"] = $"{Upstream.BaseUrl}/{kind}";
            settings[$"LLMeter:Providers:{kind}:ApiKeys:0"] = TestNode.ProviderKey;
        }

        Node = await TestNode.StartAsync(new TestNodeOptions
        {
            Providers = new Dictionary<string, string>(),
            Settings = settings,
            Customize = services => services.AddSingleton<IStartupFilter>(Departures),
        });
    }

    public async Task DisposeAsync()
    {
        await Node.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
