using LLMeterProxy.CaptureTests.Recordings;
using LLMeterProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.CaptureTests.Replays;

/// <summary>The gateway under test: a provider for each folder of recordings, all of them one replaying upstream.</summary>
internal sealed class CaptureNode : IAsyncDisposable
{
    private readonly TestNode _node;

    private CaptureNode(TestNode node, string key, HttpClient client)
    {
        _node = node;
        Key = key;
        Client = client;
    }

    /// <summary>The virtual key that every call is made with.</summary>
    public string Key { get; }

    public HttpClient Client { get; }

    public static async Task<CaptureNode> StartAsync(IEnumerable<Capture> captures, ReplayingUpstream upstream)
    {
        var providers = captures
            .Select(capture => (Name: ProviderKinds.NameOf(capture), Kind: ProviderKinds.KindOf(capture)))
            .Distinct()
            .Where(provider => ProviderKinds.IsKnown(provider.Kind))
            .ToDictionary(provider => provider.Name, provider => provider.Kind);
        var settings = new Dictionary<string, string>();
        foreach (var name in providers.Keys)
        {
            settings[$"LLMeter:Providers:{name}:BaseUrl"] = upstream.BaseUrl;
            settings[$"LLMeter:Providers:{name}:ForwardHeaders:0"] = ReplayingUpstream.TokenHeader;
        }

        var node = await TestNode.StartAsync(new TestNodeOptions
        {
            Providers = providers,
            Settings = settings,
            Customize = services => services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning)),
        });
        await node.AddTenantAsync("recordings", new { unpricedPolicy = "allow" });
        var key = await node.IssueKeyAsync("recordings");
        return new CaptureNode(node, key, node.Client(key));
    }

    /// <summary>The usage record of a call, as the admin API gives it.</summary>
    public Task<System.Text.Json.JsonElement> RecordAsync(string requestId) => _node.RecordAsync(requestId);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _node.DisposeAsync();
    }
}
