using System.ClientModel;
using System.Text;
using System.Text.Json;
using LLMeterProxy.TestKit;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace LLMeterProxy.SdkTests;

/// <summary>
/// Azure through the official <c>OpenAI</c> package of .NET on its path <c>/openai/v1</c>, unmodified. The extension
/// <c>Azure.AI.OpenAI</c> 2.1.0 is not used: it calls members of <c>OpenAI</c> 2.1.0 that later versions do not have, and
/// throws a <see cref="MissingMethodException"/> with the one that is tested here.
/// </summary>
[Collection(SdkCollection.Name)]
public sealed class AzureOpenAiSdkTests(SdkNode sdk)
{
    private const string Deployment = "chat-prod";
    private const string Question = "What is the weather in Paris?";
    private static readonly BinaryData _parameters = BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}""");

    [Fact]
    public async Task A_chat_completion_is_billed_by_the_model_behind_the_deployment()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        ChatCompletion completion = await Chat(key).CompleteChatAsync(Question);
        Assert.NotEqual(Deployment, completion.Model);
        var record = Assert.Single(await sdk.AssertBilledAsync(tenant));
        Assert.Equal(Deployment, record.GetProperty("modelRequested").GetString());
        Assert.Equal(completion.Usage.OutputTokenCount, record.GetProperty("usage").GetProperty("outputTokens").GetInt32());
    }

    [Fact]
    public async Task A_chat_stream_is_billed_as_the_provider_bills_it()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        var text = new StringBuilder();
        await foreach (var update in Chat(key).CompleteChatStreamingAsync(Question))
        {
            text.AppendJoin("", update.ContentUpdate.Select(part => part.Text));
        }

        Assert.True(text.Length > 0);
        await sdk.AssertBilledAsync(tenant);
    }

    [Fact]
    public async Task A_streamed_tool_call_is_complete()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("get_weather", functionParameters: _parameters) } };
        var arguments = new StringBuilder();
        await foreach (var update in Chat(key).CompleteChatStreamingAsync([new UserChatMessage(Question)], options))
        {
            arguments.AppendJoin("", update.ToolCallUpdates.Select(tool => tool.FunctionArgumentsUpdate?.ToString()));
        }

        Assert.Equal("Paris", JsonDocument.Parse(arguments.ToString()).RootElement.GetProperty("city").GetString());
        await sdk.AssertBilledAsync(tenant);
    }

    [Fact]
    public async Task Embeddings_arrive_as_numbers_and_are_billed()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        OpenAIEmbeddingCollection embeddings = await new EmbeddingClient("embed-prod", new ApiKeyCredential(key), Options()).GenerateEmbeddingsAsync(["one", "two"]);
        Assert.Equal(2, embeddings.Count);
        var record = Assert.Single(await sdk.Node.RecordsAsync(tenant, atLeast: 1));
        Assert.Equal(embeddings.Usage.InputTokenCount * 20L, record.GetProperty("costNanoUsd").GetInt64());
    }

    [Fact]
    [Trait("Acceptance", "E-CAP")]
    public async Task A_reached_cap_is_the_SDKs_own_exception_refused_once_and_not_retried()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync(SdkNode.SmallCap);
        await Chat(key).CompleteChatAsync(SdkNode.DearPrompt);
        await sdk.AssertBilledAsync(tenant);

        var refused = await Assert.ThrowsAsync<ClientResultException>(async () => await Chat(key).CompleteChatAsync(Question));
        Assert.Equal(402, refused.Status);
        Assert.Equal(1, await sdk.RefusalsAsync(tenant, SdkNode.CapReached));
    }

    [Fact]
    [Trait("Acceptance", "E-AUTH")]
    public async Task An_unknown_key_is_the_SDKs_own_exception()
    {
        var refused = await Assert.ThrowsAsync<ClientResultException>(async () => await Chat(SdkNode.UnknownKey).CompleteChatAsync(Question));
        Assert.Equal(401, refused.Status);
    }

    private ChatClient Chat(string key) => new(Deployment, new ApiKeyCredential(key), Options());

    private OpenAIClientOptions Options() => new() { Endpoint = new Uri(sdk.Node.GatewayUrl + "/azure/openai/v1") };
}
