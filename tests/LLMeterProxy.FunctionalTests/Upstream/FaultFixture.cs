using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Upstream;

/// <summary>A node with little patience before a scripted upstream, with providers that have pools, retries, or nobody behind them.</summary>
public sealed class FaultFixture : IAsyncLifetime
{
    public ScriptedUpstream Upstream { get; } = ScriptedUpstream.Start();

    public TestNode Node { get; private set; } = null!;

    /// <summary>A port on which nobody listens, until a test does.</summary>
    public int DeadPort { get; } = FreePort();

    public async Task InitializeAsync()
    {
        var settings = new Dictionary<string, string>
        {
            ["LLMeter:Gateway:ActivityTimeout"] = "3",
            ["LLMeter:Providers:retrying:Retry:OnStatus:0"] = "503",
            ["LLMeter:Providers:down:ConnectTimeout"] = "1",
        };
        foreach (var name in (string[])["openai", "anthropic", "gemini", "pool-401", "pool-403", "pool-429", "retrying"])
            Add(settings, name, $"{Upstream.BaseUrl}/{name}");
        Add(settings, "down", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{DeadPort}"));
        Node = await TestNode.StartAsync(new TestNodeOptions { Providers = new Dictionary<string, string>(), Settings = settings });
    }

    public async Task DisposeAsync()
    {
        await Node.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    private static void Add(Dictionary<string, string> settings, string name, string baseUrl)
    {
        settings[$"LLMeter:Providers:{name}:Kind"] = name is "anthropic" or "gemini" ? name : "openai";
        settings[$"LLMeter:Providers:{name}:BaseUrl"] = baseUrl;
        settings[$"LLMeter:Providers:{name}:ApiKeys:0"] = TestNode.ProviderKey;
        if (name.StartsWith("pool-", StringComparison.Ordinal))
            settings[$"LLMeter:Providers:{name}:ApiKeys:1"] = TestNode.ProviderKey + "-second";
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
