using System.Text;
using System.Text.Json;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.SdkTests;

/// <summary>The official <c>Anthropic</c> package of .NET, unmodified.</summary>
[Collection(SdkCollection.Name)]
public sealed class AnthropicSdkTests(SdkNode sdk)
{
    private const string Model = "claude-haiku-4-5";
    private const string Question = "What is the weather in Paris?";

    [Fact]
    public async Task A_message_is_billed_as_the_provider_bills_it()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        var message = await Client(key).Messages.Create(Ask(Question));
        Assert.True(message.Content[0].TryPickText(out var text));
        Assert.NotEmpty(text.Text);
        var record = Assert.Single(await sdk.AssertBilledAsync(tenant));
        Assert.Equal(message.Usage.OutputTokens, record.GetProperty("usage").GetProperty("outputTokens").GetInt64());
    }

    [Fact]
    public async Task Cache_reads_and_both_kinds_of_cache_writes_are_billed_at_their_own_prices()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        await Client(key).Messages.Create(Ask("Hi [[sim:inputTokens=9000,cachedTokens=2048,cacheWriteTokens=1024,cacheWrite1hTokens=4096]]"));
        var usage = Assert.Single(await sdk.AssertBilledAsync(tenant)).GetProperty("usage");
        Assert.Equal(4096, usage.GetProperty("cacheWrite1hTokens").GetInt64());
    }

    [Fact]
    public async Task A_stream_is_billed_as_the_provider_bills_it()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        var text = new StringBuilder();
        await foreach (var streamed in Client(key).Messages.CreateStreaming(Ask(Question)))
        {
            if (streamed.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece))
            {
                text.Append(piece.Text);
            }
        }

        Assert.True(text.Length > 0);
        await sdk.AssertBilledAsync(tenant);
    }

    [Fact]
    public async Task A_tool_call_is_parsed()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        var message = await Client(key).Messages.Create(Ask(Question) with { Tools = [Weather] });
        Assert.True(message.Content.Single(block => block.TryPickToolUse(out _)).TryPickToolUse(out var call));
        Assert.Equal("get_weather", call.Name);
        Assert.Equal("Paris", call.Input["city"].GetString());
        await sdk.AssertBilledAsync(tenant);
    }

    [Fact]
    public async Task A_streamed_tool_call_is_complete()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        var input = new StringBuilder();
        await foreach (var streamed in Client(key).Messages.CreateStreaming(Ask(Question) with { Tools = [Weather] }))
        {
            if (streamed.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickInputJson(out var piece))
            {
                input.Append(piece.PartialJson);
            }
        }

        Assert.Equal("Paris", JsonDocument.Parse(input.ToString()).RootElement.GetProperty("city").GetString());
        await sdk.AssertBilledAsync(tenant);
    }

    [Fact]
    [Trait("Acceptance", "E-CAP")]
    public async Task A_reached_cap_is_the_SDKs_payment_exception_refused_once_and_not_retried()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync(SdkNode.SmallCap);
        await Client(key).Messages.Create(Ask(SdkNode.DearPrompt));
        await sdk.AssertBilledAsync(tenant);

        var refused = await Assert.ThrowsAsync<AnthropicPaymentRequiredException>(() => Client(key).Messages.Create(Ask(Question)));
        Assert.Equal("billing_error", refused.Type!.Raw());
        Assert.Equal(SdkNode.CapReached, JsonDocument.Parse(refused.ResponseBody).RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.NotNull(refused.RequestID);
        Assert.Equal(1, await sdk.RefusalsAsync(tenant, SdkNode.CapReached));

        await Assert.ThrowsAsync<AnthropicPaymentRequiredException>(
            async () => await Client(key).Messages.CreateStreaming(Ask(Question)).GetAsyncEnumerator().MoveNextAsync());
        Assert.Equal(2, await sdk.RefusalsAsync(tenant, SdkNode.CapReached));
        await sdk.AssertBilledAsync(tenant);
    }

    [Fact]
    [Trait("Acceptance", "E-RATE")]
    public async Task A_rate_limit_is_the_SDKs_rate_limit_exception()
    {
        var (tenant, key) = await sdk.NewSlowTenantAsync();
        await Client(key).Messages.Create(Ask(Question));
        await Assert.ThrowsAsync<AnthropicRateLimitException>(() => Client(key, maxRetries: 0).Messages.Create(Ask(Question)));
        await sdk.AssertBilledAsync(tenant);
    }

    [Fact]
    [Trait("Acceptance", "E-AUTH")]
    public async Task An_unknown_key_is_the_SDKs_unauthorized_exception() =>
        await Assert.ThrowsAsync<AnthropicUnauthorizedException>(() => Client(SdkNode.UnknownKey).Messages.Create(Ask(Question)));

    [Fact]
    [Trait("Acceptance", "A32")]
    public async Task An_aborted_stream_leaves_one_record()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        var seen = 0;
        await foreach (var streamed in Client(key).Messages.CreateStreaming(Ask(SdkNode.EndlessPrompt) with { MaxTokens = 30_000 }))
        {
            if (streamed.TryPickContentBlockDelta(out _) && ++seen == 3)
            {
                break;
            }
        }

        await sdk.AssertOneAbortedRecordAsync(tenant);
    }

    private static Tool Weather => new()
    {
        Name = "get_weather",
        InputSchema = new InputSchema
        {
            Properties = new Dictionary<string, JsonElement> { ["city"] = JsonSerializer.SerializeToElement(new { type = "string" }) },
        },
    };

    private static MessageCreateParams Ask(string prompt) => new()
    {
        Model = Model,
        MaxTokens = 256,
        Messages = [new UserMessageParam { Content = prompt }],
    };

    private AnthropicClient Client(string key, int? maxRetries = null) =>
        new(new ClientOptions { BaseUrl = sdk.Node.GatewayUrl + "/anthropic", ApiKey = key, MaxRetries = maxRetries });
}
