using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.FunctionalTests.Simulator;

/// <summary>The shapes that were added to the first four: each states exactly what is billed, in the provider's own spelling.</summary>
public sealed class SimulatorProvidersTests
{
    private const string Claude = "us.anthropic.claude-haiku-4-5-20251001-v1%3A0";

    [Theory]
    [InlineData("azure/openai/deployments/chat-prod/chat/completions?api-version=2024-10-21", """{"messages":[{"role":"user","content":"Hi"}]}""", ProviderShape.Azure)]
    [InlineData("azure/openai/v1/chat/completions", """{"model":"chat-prod","messages":[{"role":"user","content":"Hi"}]}""", ProviderShape.Azure)]
    [InlineData("azure/openai/v1/responses", """{"model":"chat-prod","input":"Hi"}""", ProviderShape.Azure)]
    [InlineData("azure/openai/deployments/embed-prod/embeddings?api-version=2024-10-21", """{"input":["a","b"]}""", ProviderShape.Azure)]
    [InlineData("mistral/v1/chat/completions", """{"model":"ministral-8b-latest","messages":[{"role":"user","content":"Hi"}]}""", ProviderShape.Mistral)]
    [InlineData("mistral/v1/embeddings", """{"model":"mistral-embed","input":["a","b"]}""", ProviderShape.Mistral)]
    [InlineData("groq/openai/v1/chat/completions", """{"model":"openai/gpt-oss-120b","messages":[{"role":"user","content":"Hi"}]}""", ProviderShape.Groq)]
    [InlineData("xai/v1/chat/completions", """{"model":"grok-4.3","messages":[{"role":"user","content":"Hi"}]}""", ProviderShape.XAi)]
    [InlineData("perplexity/chat/completions", """{"model":"sonar","messages":[{"role":"user","content":"Hi"}]}""", ProviderShape.Perplexity)]
    [InlineData("cohere/v2/chat", """{"model":"command-a-03-2025","messages":[{"role":"user","content":"Hi"}]}""", ProviderShape.Cohere)]
    [InlineData("cohere/v2/embed", """{"model":"embed-v4.0","texts":["a","b"],"input_type":"search_query","embedding_types":["float"]}""", ProviderShape.Cohere)]
    [InlineData("cohere/v2/rerank", """{"model":"rerank-v3.5","query":"a","documents":["b","c"]}""", ProviderShape.Cohere)]
    [InlineData($"bedrock/model/{Claude}/converse", """{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"maxTokens":9}}""", ProviderShape.Bedrock)]
    [InlineData($"bedrock/model/{Claude}/invoke", """{"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}""", ProviderShape.Bedrock)]
    public async Task A_whole_answer_is_json_with_a_price_and_its_tool_call_too(string path, string request, ProviderShape shape)
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (response, body) = await sim.SendAsync(path, request);
        var (_, withTool) = await sim.SendAsync(path, request, "toolCall");

        Assert.Equal(200, (int)response.StatusCode);
        using var json = JsonDocument.Parse(body);
        using var tool = JsonDocument.Parse(withTool);
        await sim.Host.WhenIdleAsync();
        Assert.All(sim.Host.Bills, bill => Assert.Equal(shape, bill.Shape));
        Assert.All(sim.Host.Bills, bill => Assert.True(bill.NanoUsd > 0));
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("generate")]
    [InlineData("embed")]
    public async Task Ollama_charges_nothing_for_any_model(string operation)
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (_, body) = await sim.SendAsync("ollama/api/" + operation, """{"model":"some:7b","stream":false,"prompt":"Hi","input":"Hi","messages":[{"role":"user","content":"Hi"}]}""");

        var counted = JsonDocument.Parse(body).RootElement.GetProperty("prompt_eval_count").GetInt64();
        var bill = await sim.BillAsync();
        Assert.Equal(0, bill.NanoUsd);
        Assert.Equal(counted, bill.Usage.Input);
        Assert.False(bill.Stream);
    }

    [Fact]
    public async Task Ollama_streams_lines_unless_refused_and_counts_in_the_last()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (response, body) = await sim.SendAsync("ollama/api/chat", """{"model":"some:7b","messages":[{"role":"user","content":"Hi"}],"options":{"num_predict":5}}""");

        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType!.MediaType);
        var lines = body.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(6, lines.Count);
        Assert.All(lines[..^1], line => Assert.False(line.TryGetProperty("eval_count", out _)));
        Assert.Equal(5, lines[^1].GetProperty("eval_count").GetInt32());
        Assert.Equal("length", lines[^1].GetProperty("done_reason").GetString());
    }

    [Fact]
    public async Task Azures_stream_begins_without_a_model_and_names_the_one_behind_the_deployment()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (_, body) = await sim.SendAsync("azure/openai/deployments/chat-prod/chat/completions?api-version=2024-10-21", """{"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");

        var events = Data(body);
        Assert.Equal("", events[0].GetProperty("model").GetString());
        Assert.Equal(0, events[0].GetProperty("choices").GetArrayLength());
        Assert.All(events[1..], chunk => Assert.Equal("gpt-4o-mini-2024-07-18", chunk.GetProperty("model").GetString()));
        Assert.Equal("chat-prod", (await sim.BillAsync()).ModelRequested);
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    public async Task Groq_states_the_usage_of_a_stream_two_or_three_times(bool asked, int times)
    {
        await using var sim = await SimulatorFixture.StartAsync();
        var options = asked ? ",\"stream_options\":{\"include_usage\":true}" : "";

        var (_, body) = await sim.SendAsync("groq/openai/v1/chat/completions", $$"""{"model":"openai/gpt-oss-120b","stream":true,"messages":[]{{options}}}""", "inputTokens=100,cachedTokens=64,outputTokens=50");

        Assert.Equal(times, body.Split("\"prompt_tokens\":100,").Length - 1);
        Assert.Equal((36 * 150) + (64 * 75) + (50 * 600), (await sim.BillAsync()).NanoUsd);
    }

    [Fact]
    public async Task Mistral_states_the_usage_unasked_with_the_last_choice()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (_, body) = await sim.SendAsync("mistral/v1/chat/completions", """{"model":"ministral-8b-latest","stream":true,"messages":[]}""", "inputTokens=100,cachedTokens=64,outputTokens=50");

        var last = Data(body)[^1];
        Assert.Equal("stop", last.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(64, last.GetProperty("usage").GetProperty("num_cached_tokens").GetInt32());
        Assert.Equal((36 * 150) + (64 * 15) + (50 * 150), (await sim.BillAsync()).NanoUsd);
    }

    [Fact]
    public async Task XAi_states_reasoning_beside_the_completion_and_the_cost_in_ticks()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (_, body) = await sim.SendAsync("xai/v1/chat/completions", """{"model":"grok-4.3","messages":[]}""", "inputTokens=100,outputTokens=50,reasoningTokens=30");

        var usage = JsonDocument.Parse(body).RootElement.GetProperty("usage");
        Assert.Equal(20, usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(150, usage.GetProperty("total_tokens").GetInt32());
        var bill = await sim.BillAsync();
        Assert.Equal((100 * 1250) + (50 * 2500), bill.NanoUsd);
        Assert.Equal(bill.NanoUsd * 10, usage.GetProperty("cost_in_usd_ticks").GetInt64());
    }

    [Fact]
    public async Task Perplexity_bills_a_fee_and_states_the_usage_so_far_in_every_chunk()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (_, body) = await sim.SendAsync("perplexity/chat/completions", """{"model":"sonar","stream":true,"messages":[]}""", "inputTokens=100,outputTokens=50");

        var events = Data(body);
        Assert.All(events, chunk => Assert.Equal(0.005m, chunk.GetProperty("usage").GetProperty("cost").GetProperty("request_cost").GetDecimal()));
        Assert.Equal(5_000_000 + 150_000, (await sim.BillAsync()).NanoUsd);
    }

    [Fact]
    public async Task Cohere_states_what_it_bills_beside_what_its_model_read_and_no_model()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (_, body) = await sim.SendAsync("cohere/v2/chat", """{"model":"command-a-03-2025","stream":true,"messages":[]}""", "inputTokens=100,outputTokens=50");

        var usage = Data(body)[^1].GetProperty("delta").GetProperty("usage");
        Assert.Equal(100, usage.GetProperty("billed_units").GetProperty("input_tokens").GetInt32());
        Assert.True(usage.GetProperty("tokens").GetProperty("input_tokens").GetInt32() > 100);
        Assert.DoesNotContain("command-a", body, StringComparison.Ordinal);
        Assert.Equal((100 * 2500) + (50 * 10_000), (await sim.BillAsync()).NanoUsd);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(100, 1)]
    [InlineData(101, 2)]
    public async Task A_rerank_is_billed_by_hundreds_of_documents(int documents, int searches)
    {
        await using var sim = await SimulatorFixture.StartAsync();
        var list = string.Join(',', Enumerable.Repeat("\"d\"", documents));

        var (_, body) = await sim.SendAsync("cohere/v2/rerank", $$"""{"model":"rerank-v3.5","query":"q","top_n":1,"documents":[{{list}}]}""");

        var json = JsonDocument.Parse(body).RootElement;
        Assert.Equal(1, json.GetProperty("results").GetArrayLength());
        Assert.Equal(searches, json.GetProperty("meta").GetProperty("billed_units").GetProperty("search_units").GetInt32());
        Assert.Equal(searches * 2_000_000, (await sim.BillAsync()).NanoUsd);
    }

    [Fact]
    public async Task Converse_streams_frames_and_counts_caches_on_top_in_the_last()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var frames = await FramesAsync(sim, $"bedrock/model/{Claude}/converse-stream", "inputTokens=100,cachedTokens=60,cacheWriteTokens=20,cacheWrite1hTokens=10,outputTokens=50");

        Assert.Equal("messageStart", frames[0].Type);
        Assert.Equal("metadata", frames[^1].Type);
        var usage = frames[^1].Payload.GetProperty("usage");
        Assert.Equal(10, usage.GetProperty("inputTokens").GetInt32());
        Assert.Equal(60, usage.GetProperty("cacheReadInputTokens").GetInt32());
        Assert.Equal(30, usage.GetProperty("cacheWriteInputTokens").GetInt32());
        Assert.Equal(150, usage.GetProperty("totalTokens").GetInt32());
        Assert.Equal((10 * 1100) + (60 * 110) + (20 * 1375) + (10 * 2200) + (50 * 5500), (await sim.BillAsync()).NanoUsd);
    }

    [Fact]
    public async Task Invoke_streams_Anthropics_events_inside_of_frames_and_Bedrocks_counts_with_the_last()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var frames = await FramesAsync(sim, $"bedrock/model/{Claude}/invoke-with-response-stream", "inputTokens=100,outputTokens=50");

        Assert.All(frames, frame => Assert.Equal("chunk", frame.Type));
        var events = frames.Select(frame => JsonDocument.Parse(frame.Payload.GetProperty("bytes").GetBytesFromBase64()).RootElement).ToList();
        Assert.Equal("message_start", events[0].GetProperty("type").GetString());
        Assert.DoesNotContain(events, e => e.GetProperty("type").GetString() == "ping");
        Assert.Equal("message_stop", events[^1].GetProperty("type").GetString());
        Assert.Equal(50, events[^1].GetProperty("amazon-bedrock-invocationMetrics").GetProperty("outputTokenCount").GetInt32());
    }

    [Fact]
    public async Task Invoke_states_its_counts_in_headers_too()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (response, body) = await sim.SendAsync($"bedrock/model/{Claude}/invoke", """{"messages":[]}""", "inputTokens=100,cachedTokens=60,outputTokens=50");

        Assert.Equal("40", response.Headers.GetValues("x-amzn-bedrock-input-token-count").Single());
        Assert.Equal("60", response.Headers.GetValues("x-amzn-bedrock-cache-read-input-token-count").Single());
        Assert.Equal("claude-haiku-4-5-20251001", JsonDocument.Parse(body).RootElement.GetProperty("model").GetString());
    }

    [Theory]
    [InlineData("converse-stream")]
    [InlineData("invoke-with-response-stream")]
    public async Task Bedrocks_error_inside_of_a_stream_is_an_exception_frame(string operation)
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var frames = await FramesAsync(sim, $"bedrock/model/{Claude}/{operation}", "errorEventMidStream");

        Assert.Equal("internalServerException", frames[^1].Type);
        Assert.NotEmpty(frames[^1].Payload.GetProperty("message").GetString()!);
    }

    [Theory]
    [InlineData("mistral/v1/chat/completions", "\"code\":\"1300\"")]
    [InlineData("groq/openai/v1/chat/completions", "rate_limit_exceeded")]
    [InlineData("cohere/v2/chat", "\"message\":")]
    [InlineData($"bedrock/model/{Claude}/converse", "{\"message\":")]
    [InlineData("ollama/api/chat", "{\"error\":\"")]
    public async Task Errors_are_worded_as_the_provider_words_them(string path, string part)
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (response, body) = await sim.SendAsync(path, "{}", "status=429");

        Assert.Equal(429, (int)response.StatusCode);
        Assert.Contains(part, body, StringComparison.Ordinal);
        Assert.Equal(path.StartsWith("bedrock", StringComparison.Ordinal), response.Headers.Contains("x-amzn-errortype"));
        Assert.Equal(0, (await sim.BillAsync()).NanoUsd);
    }

    private static JsonElement[] Data(string body) =>
    [
        .. body.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal))
            .Select(line => JsonDocument.Parse(line["data: ".Length..]).RootElement),
    ];

    private static async Task<List<(string Type, JsonElement Payload)>> FramesAsync(SimulatorFixture sim, string path, string scenario)
    {
        using var request = SimulatorFixture.Post(path, "{}", scenario);
        using var response = await sim.Client.SendAsync(request);
        Assert.Equal("application/vnd.amazon.eventstream", response.Content.Headers.ContentType!.MediaType);
        ReadOnlyMemory<byte> rest = await response.Content.ReadAsByteArrayAsync();
        var frames = new List<(string, JsonElement)>();
        while (!rest.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest.Span);
            var headers = BinaryPrimitives.ReadInt32BigEndian(rest.Span[4..]);
            var payload = JsonDocument.Parse(rest[(12 + headers)..(length - 4)]).RootElement;
            // The first header is the type: a byte of length, the name, the kind, two bytes of length, the value.
            var value = 12 + 1 + rest.Span[12] + 1;
            var size = BinaryPrimitives.ReadInt16BigEndian(rest.Span[value..]);
            frames.Add((Encoding.ASCII.GetString(rest.Span.Slice(value + 2, size)), payload));
            rest = rest[length..];
        }

        return frames;
    }
}
