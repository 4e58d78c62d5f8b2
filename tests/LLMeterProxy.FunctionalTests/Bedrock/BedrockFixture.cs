using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Bedrock;

/// <summary>A node before a scripted upstream, as Bedrock with an API key and as Bedrock with an access key.</summary>
public sealed class BedrockFixture : IAsyncLifetime
{
    public const string AccessKeyId = "AKIDEXAMPLE";
    public const string SecretAccessKey = "secret-canary-wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    public const string SessionToken = "session-canary-FwoGZXIvYXdzEBYaD";

    public ScriptedUpstream Upstream { get; } = ScriptedUpstream.Start();

    public TestNode Node { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Node = await TestNode.StartAsync(new TestNodeOptions
        {
            Providers = new Dictionary<string, string>(),
            Settings = new Dictionary<string, string>
            {
                ["LLMeter:Providers:bedrock:BaseUrl"] = Upstream.BaseUrl,
                ["LLMeter:Providers:bedrock:ApiKeys:0"] = TestNode.ProviderKey,
                ["LLMeter:Providers:bedrock:AccessKeyId"] = AccessKeyId,
                ["LLMeter:Providers:bedrock:SecretAccessKey"] = SecretAccessKey,
                ["LLMeter:Providers:bedrock:Region"] = "us-east-1",
                ["LLMeter:Providers:bedrock:Models:ab12"] = "amazon.nova-lite-v1:0",
                ["LLMeter:Providers:signed:Kind"] = "bedrock",
                ["LLMeter:Providers:signed:BaseUrl"] = Upstream.BaseUrl + "/prefix",
                ["LLMeter:Providers:signed:Region"] = "eu-west-1",
                ["LLMeter:Providers:signed:AccessKeyId"] = AccessKeyId,
                ["LLMeter:Providers:signed:SecretAccessKey"] = SecretAccessKey,
                ["LLMeter:Providers:signed:SessionToken"] = SessionToken,
                ["LLMeter:Providers:signed:Retry:OnStatus:0"] = "503",
            },
        });
    }

    public async Task DisposeAsync()
    {
        await Node.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
