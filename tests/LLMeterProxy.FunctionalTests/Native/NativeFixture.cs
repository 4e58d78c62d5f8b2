using System.Security.Cryptography;
using System.Text.Json;
using LLMeterProxy.FunctionalTests.Configuration;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Native;

/// <summary>A node before a scripted upstream, with Ollama, Cohere, and Vertex by a service account whose token endpoint the upstream is too.</summary>
public sealed class NativeFixture : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();

    public ScriptedUpstream Upstream { get; } = ScriptedUpstream.Start();

    public TestNode Node { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var settings = new Dictionary<string, string>
        {
            ["LLMeter:Providers:ollama:BaseUrl"] = Upstream.BaseUrl,
            ["LLMeter:Providers:cohere:BaseUrl"] = Upstream.BaseUrl,
            ["LLMeter:Providers:cohere:ApiKeys:0"] = TestNode.ProviderKey,
            ["LLMeter:Providers:vertex:BaseUrl"] = Upstream.BaseUrl,
            ["LLMeter:Providers:vertex:Region"] = "europe-west4",
            ["LLMeter:Providers:vertex:ServiceAccountFile"] = KeyFile("vertex", $"{Upstream.BaseUrl}/token"),
            ["LLMeter:Providers:express:Kind"] = "vertex",
            ["LLMeter:Providers:express:BaseUrl"] = Upstream.BaseUrl,
            ["LLMeter:Providers:express:ApiKeys:0"] = TestNode.ProviderKey,
            ["LLMeter:Providers:lost:Kind"] = "vertex",
            ["LLMeter:Providers:lost:BaseUrl"] = Upstream.BaseUrl,
            ["LLMeter:Providers:lost:Retry:MaxAttempts"] = "0",
            ["LLMeter:Providers:lost:ServiceAccountFile"] = KeyFile("lost", "http://127.0.0.1:9/token"),
        };
        Node = await TestNode.StartAsync(new TestNodeOptions { Providers = new Dictionary<string, string>(), Settings = settings });
    }

    public async Task DisposeAsync()
    {
        await Node.DisposeAsync();
        await Upstream.DisposeAsync();
        _directory.Dispose();
    }

    // The members that the console writes into a key file.
    private string KeyFile(string account, string tokenUri)
    {
        using var key = RSA.Create(2048);
        return _directory.File(account + ".json", JsonSerializer.Serialize(new
        {
            type = "service_account",
            project_id = "our-project",
            private_key_id = "k1",
            private_key = key.ExportPkcs8PrivateKeyPem(),
            client_email = $"{account}@our-project.iam.gserviceaccount.com",
            client_id = "1",
            token_uri = tokenUri,
        }));
    }
}
