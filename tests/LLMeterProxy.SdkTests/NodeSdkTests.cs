namespace LLMeterProxy.SdkTests;

/// <summary>
/// The official Node SDKs, unmodified: <c>openai</c> and its <c>AzureOpenAI</c>, <c>@anthropic-ai/sdk</c>, <c>@google/genai</c>,
/// <c>@openrouter/sdk</c>, <c>@mistralai/mistralai</c>, <c>groq-sdk</c>, <c>cohere-ai</c>, <c>@aws-sdk/client-bedrock-runtime</c>,
/// <c>ollama</c>, <c>ai</c> with its providers, <c>@langchain/openai</c>. What each test does stands in the folder <c>node</c>.
/// </summary>
[Collection(SdkCollection.Name)]
public sealed class NodeSdkTests(NodeRun run) : IClassFixture<NodeRun>
{
    public static TheoryData<string> Names => [.. NodeTestFiles.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Node(string name)
    {
        var failure = Assert.Single(run.ResultsOf(name));
        Assert.True(failure is null, failure);
    }

    [Fact]
    public void The_run_of_the_Node_tests_ends_well_and_has_none_that_is_not_counted_here()
    {
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Empty(run.Names.Except(NodeTestFiles.Names, StringComparer.Ordinal));
        Assert.NotEmpty(run.Names);
    }
}
