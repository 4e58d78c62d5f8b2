using LLMeterProxy.Simulator;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Passthrough;

/// <summary>One node for a class of tests; each test takes a tenant of its own.</summary>
public sealed class NodeFixture : IAsyncLifetime
{
    public TestNode Node { get; private set; } = null!;

    public async Task InitializeAsync() => Node = await TestNode.StartAsync(new TestNodeOptions
    {
        SimulatorOptions = new SimulatorOptions { RecordBodies = true, MaxRecordedBodyBytes = 16 * 1024 * 1024, ExpectedKeys = [TestNode.ProviderKey] },

        // The simulator bills what stands behind it at OpenAI's prices.
        Settings = new Dictionary<string, string> { ["LLMeter:Providers:compatible:PriceList"] = "openai" },
    });

    public async Task DisposeAsync() => await Node.DisposeAsync();
}
