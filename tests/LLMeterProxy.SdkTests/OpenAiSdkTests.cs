using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using LLMeterProxy.TestKit;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Responses;

// The SDK marks its Responses client as experimental; people use it all the same.
#pragma warning disable OPENAI001

namespace LLMeterProxy.SdkTests;

/// <summary>The official <c>OpenAI</c> package of .NET, unmodified.</summary>
[Collection(SdkCollection.Name)]
public sealed class OpenAiSdkTests(SdkNode sdk)
{
    private const string Model = "gpt-4o-mini";
    private const string Question = "What is the weather in Paris?";
    private static readonly BinaryData _parameters = BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}""");

    [Fact]
    public async Task A_chat_completion_is_billed_as_the_provider_bills_it()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        ChatCompletion completion = await Chat(key).CompleteChatAsync(Question);
        Assert.NotEmpty(completion.Content[0].Text);
        var record = Assert.Single(await sdk.AssertBilledAsync(tenant));
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
    public async Task A_tool_is_called_and_its_result_answered_in_two_calls_and_two_records()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("get_weather", functionParameters: _parameters) } };
        List<ChatMessage> messages = [new UserChatMessage(Question)];
        ChatCompletion asked = await Chat(key).CompleteChatAsync(messages, options);
        Assert.Equal(ChatFinishReason.ToolCalls, asked.FinishReason);
        var call = Assert.Single(asked.ToolCalls);
        Assert.Equal("Paris", City(call.FunctionArguments));

        messages.AddRange([new AssistantChatMessage(asked), new ToolChatMessage(call.Id, "Sunny")]);
        ChatCompletion answer = await Chat(key).CompleteChatAsync(messages, options);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        await sdk.AssertBilledAsync(tenant, calls: 2);
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

        Assert.Equal("Paris", City(BinaryData.FromString(arguments.ToString())));
        await sdk.AssertBilledAsync(tenant);
    }

    [Fact]
    public async Task A_response_is_billed_as_the_provider_bills_it()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        ResponseResult response = await Responses(key).CreateResponseAsync(Model, "Hello");
        Assert.NotEmpty(response.GetOutputText());
        await sdk.AssertBilledAsync(tenant);
    }

    [Fact]
    public async Task A_streamed_response_is_billed_as_the_provider_bills_it()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        var updates = 0;
        await foreach (var _ in await Responses(key).CreateResponseStreamingAsync(Model, "Hello"))
        {
            updates++;
        }

        Assert.True(updates > 2);
        await sdk.AssertBilledAsync(tenant);
    }

    [Fact]
    public async Task A_responses_tool_call_is_parsed()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        var options = new CreateResponseOptions(Model, [ResponseItem.CreateUserMessageItem(Question)])
        {
            Tools = { ResponseTool.CreateFunctionTool("get_weather", _parameters, strictModeEnabled: false) },
        };
        ResponseResult response = await Responses(key).CreateResponseAsync(options);
        Assert.Equal("Paris", City(Assert.Single(response.OutputItems.OfType<FunctionCallResponseItem>()).FunctionArguments));
        await sdk.AssertBilledAsync(tenant);
    }

    [Fact]
    public async Task Embeddings_arrive_as_numbers_and_are_billed()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        var client = new EmbeddingClient("text-embedding-3-small", new ApiKeyCredential(key), Options());
        OpenAIEmbeddingCollection embeddings = await client.GenerateEmbeddingsAsync(["one", "two"]);
        Assert.All(embeddings, embedding => Assert.Equal(1536, embedding.ToFloats().Length));
        var record = Assert.Single(await sdk.Node.RecordsAsync(tenant, atLeast: 1));
        Assert.Equal(embeddings.Usage.InputTokenCount, record.GetProperty("usage").GetProperty("inputTokens").GetInt32());
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
        Assert.Equal(SdkNode.CapReached, Code(refused));
        Assert.Contains("spend limit", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await sdk.RefusalsAsync(tenant, SdkNode.CapReached));

        var streamed = await Assert.ThrowsAsync<ClientResultException>(
            async () => await Chat(key).CompleteChatStreamingAsync(Question).GetAsyncEnumerator().MoveNextAsync());
        Assert.Equal(402, streamed.Status);
        Assert.Equal(2, await sdk.RefusalsAsync(tenant, SdkNode.CapReached));
        await sdk.AssertBilledAsync(tenant);
    }

    [Fact]
    [Trait("Acceptance", "E-RATE")]
    public async Task A_rate_limit_is_the_SDKs_own_exception_and_says_when_to_come_back()
    {
        var (tenant, key) = await sdk.NewSlowTenantAsync();
        await Chat(key).CompleteChatAsync(Question);
        var refused = await Assert.ThrowsAsync<ClientResultException>(async () => await Chat(key).CompleteChatAsync(Question));
        Assert.Equal(429, refused.Status);
        Assert.Equal("rate_limit_exceeded", Code(refused));
        Assert.True(refused.GetRawResponse()!.Headers.TryGetValue("retry-after", out _));
        await sdk.AssertBilledAsync(tenant);
    }

    [Fact]
    [Trait("Acceptance", "E-AUTH")]
    public async Task An_unknown_key_is_the_SDKs_own_exception()
    {
        var refused = await Assert.ThrowsAsync<ClientResultException>(async () => await Chat(SdkNode.UnknownKey).CompleteChatAsync(Question));
        Assert.Equal(401, refused.Status);
        Assert.Equal("invalid_api_key", Code(refused));
    }

    [Fact]
    [Trait("Acceptance", "A32")]
    public async Task An_aborted_stream_leaves_one_record()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        var seen = 0;
        await foreach (var update in Chat(key).CompleteChatStreamingAsync(SdkNode.EndlessPrompt))
        {
            if (update.ContentUpdate.Count > 0 && ++seen == 3)
            {
                break;
            }
        }

        await sdk.AssertOneAbortedRecordAsync(tenant);
    }

    private static string? City(BinaryData arguments) => JsonDocument.Parse(arguments).RootElement.GetProperty("city").GetString();

    private static string? Code(ClientResultException refused) =>
        JsonDocument.Parse(refused.GetRawResponse()!.Content).RootElement.GetProperty("error").GetProperty("code").GetString();

    private ChatClient Chat(string key) => new(Model, new ApiKeyCredential(key), Options());

    private ResponsesClient Responses(string key) =>
        new(new ApiKeyCredential(key), new ResponsesClientOptions { Endpoint = new Uri(sdk.Node.GatewayUrl + "/openai/v1") });

    // The SDK retries 429 for as long as retry-after says, up to a minute here; the refusal itself is what is tested.
    private OpenAIClientOptions Options() => new() { Endpoint = new Uri(sdk.Node.GatewayUrl + "/openai/v1"), RetryPolicy = new RetryAllBut429() };

    private sealed class RetryAllBut429 : ClientRetryPolicy
    {
        protected override bool ShouldRetry(PipelineMessage message, Exception? exception) =>
            message.Response?.Status != 429 && base.ShouldRetry(message, exception);

        protected override ValueTask<bool> ShouldRetryAsync(PipelineMessage message, Exception? exception) =>
            message.Response?.Status == 429 ? ValueTask.FromResult(false) : base.ShouldRetryAsync(message, exception);
    }
}
