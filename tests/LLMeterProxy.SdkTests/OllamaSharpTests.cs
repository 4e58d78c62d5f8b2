using System.Net;
using System.Text;
using LLMeterProxy.Simulator.Scripting;
using OllamaSharp;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;

namespace LLMeterProxy.SdkTests;

/// <summary>The <c>OllamaSharp</c> package of .NET, unmodified: it has no field for a key, so its HTTP client carries the header.</summary>
[Collection(SdkCollection.Name)]
public sealed class OllamaSharpTests(SdkNode sdk)
{
    private const string Model = "llama3.2:3b";
    private const string Question = "What is the weather in Paris?";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_chat_is_metered_by_its_last_line_and_free(bool stream)
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        using var client = Client(key);
        var text = new StringBuilder();
        ChatDoneResponseStream? last = null;
        await foreach (var part in client.ChatAsync(Ask(tenant, stream)))
        {
            text.Append(part?.Message.Content);
            last = part as ChatDoneResponseStream ?? last;
        }

        Assert.True(text.Length > 0);
        var record = Assert.Single(await sdk.AssertMarkedBilledAsync(tenant, tenant));
        Assert.Equal(last!.EvalCount, record.GetProperty("usage").GetProperty("outputTokens").GetInt32());
        Assert.Equal(last.PromptEvalCount, record.GetProperty("usage").GetProperty("inputTokens").GetInt32());
        Assert.Equal(0, record.GetProperty("costNanoUsd").GetInt64());
    }

    [Fact]
    public async Task A_tool_call_is_parsed()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        using var client = Client(key);
        var request = Ask(tenant, stream: true);
        request.Tools =
        [
            new Tool
            {
                Function = new Function
                {
                    Name = "get_weather",
                    Description = "The weather of a city",
                    Parameters = new Parameters { Properties = new Dictionary<string, Property>(StringComparer.Ordinal) { ["city"] = new() { Type = "string" } } },
                },
            },
        ];
        var calls = new List<Message.ToolCall>();
        await foreach (var part in client.ChatAsync(request))
        {
            calls.AddRange(part?.Message.ToolCalls ?? []);
        }

        Assert.Equal("Paris", Assert.Single(calls).Function?.Arguments?["city"]?.ToString());
        await sdk.AssertMarkedBilledAsync(tenant, tenant);
    }

    [Fact]
    public async Task Embeddings_arrive_as_numbers_and_are_metered()
    {
        var (tenant, key) = await sdk.Node.NewTenantAsync();
        using var client = Client(key);
        var embeddings = await client.EmbedAsync(new EmbedRequest { Model = "nomic-embed-text", Input = ["one", $"two {CallMarker.Of(tenant)}"] });
        Assert.Equal(2, embeddings.Embeddings.Count);
        var record = Assert.Single(await sdk.AssertMarkedBilledAsync(tenant, tenant));
        Assert.Equal(embeddings.PromptEvalCount, record.GetProperty("usage").GetProperty("inputTokens").GetInt32());
    }

    [Fact]
    [Trait("Acceptance", "E-AUTH")]
    public async Task An_unknown_key_is_an_exception_of_that_status()
    {
        using var client = Client(SdkNode.UnknownKey);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(
            async () => await client.ChatAsync(Ask("nobody", stream: true)).GetAsyncEnumerator().MoveNextAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private static ChatRequest Ask(string marker, bool stream) => new()
    {
        Model = Model,
        Stream = stream,
        Messages = [new Message(ChatRole.User, $"{Question} {CallMarker.Of(marker)}")],
    };

    private OllamaApiClient Client(string key)
    {
        var http = new HttpClient { BaseAddress = new Uri(sdk.Node.GatewayUrl + "/ollama/") };
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return new OllamaApiClient(http, Model);
    }
}
