using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using LLMeterProxy.Simulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace LLMeterProxy.FunctionalTests.Simulator;

public sealed class SimulatorShapesTests
{
    private const string Chat = """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello there"}]}""";
    private const string ChatStream = """{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hello there"}]}""";
    private const string Gemini = """{"contents":[{"role":"user","parts":[{"text":"Hello there"}]}],"generationConfig":{"maxOutputTokens":20}}""";

    [Fact]
    public async Task A_chat_completion_names_the_snapshot_and_bills_its_usage()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (response, body) = await sim.SendAsync("acme/v1/chat/completions", Chat);

        var json = JsonDocument.Parse(body).RootElement;
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("gpt-4o-mini-2024-07-18", json.GetProperty("model").GetString());
        Assert.Equal(3, json.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(32, json.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.StartsWith("lorem ipsum dolor", json.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.True(response.Headers.Contains("openai-organization"));
        var bill = await sim.BillAsync();
        Assert.Equal((3 * 150) + (32 * 600), bill.NanoUsd);
        Assert.Equal(json.GetProperty("id").GetString(), bill.ResponseId);
        Assert.Equal("/acme/v1/chat/completions", bill.Path);
        Assert.True(bill.FullySent);
        Assert.False(bill.ClientAborted);
    }

    [Theory]
    [InlineData("v1/chat/completions", ChatStream, "[DONE]")]
    [InlineData("api/v1/chat/completions", """{"model":"openai/gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hi"}]}""", "[DONE]")]
    [InlineData("v1/completions", """{"model":"gpt-3.5-turbo-instruct","stream":true,"prompt":"Hi"}""", "[DONE]")]
    [InlineData("v1/responses", """{"model":"gpt-5-mini","stream":true,"input":"Hi"}""", "response.completed")]
    [InlineData("v1/messages", """{"model":"claude-haiku-4-5","max_tokens":99,"stream":true,"messages":[{"role":"user","content":"Hi"}]}""", "message_stop")]
    [InlineData("v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", Gemini, "\"finishReason\": \"MAX_TOKENS\"")]
    public async Task Streams_are_well_formed_events_and_end_with_their_terminal_one(string path, string request, string terminal)
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (response, body) = await sim.SendAsync(path, request);

        Assert.StartsWith("text/event-stream", response.Content.Headers.ContentType!.ToString());
        var events = SseParser.Create(new MemoryStream(Encoding.UTF8.GetBytes(body))).Enumerate().ToList();
        Assert.Contains(terminal, events[^1].Data);
        foreach (var e in events.Where(e => e.Data != "[DONE]"))
        {
            using var json = JsonDocument.Parse(e.Data);
            if (json.RootElement.TryGetProperty("type", out var type))
                Assert.Equal(e.EventType, type.GetString());
        }

        var bill = await sim.BillAsync();
        Assert.True(bill.FullySent);
        Assert.True(bill.NanoUsd > 0);
        Assert.Equal(Encoding.UTF8.GetByteCount(body), bill.BytesSent);
    }

    [Theory]
    [InlineData("v1/chat/completions", Chat)]
    [InlineData("api/v1/chat/completions", """{"model":"anthropic/claude-sonnet-4.5","n":2,"messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData("v1/completions", """{"model":"gpt-3.5-turbo-instruct","prompt":"Hi","n":2}""")]
    [InlineData("v1/responses", """{"model":"gpt-5-mini","input":"Hi"}""")]
    [InlineData("v1/responses/input_tokens", """{"model":"gpt-5-mini","input":"Hi"}""")]
    [InlineData("v1/embeddings", """{"model":"text-embedding-3-small","input":["a","b"]}""")]
    [InlineData("api/v1/embeddings", """{"model":"openai/text-embedding-3-small","input":"a"}""")]
    [InlineData("v1/moderations", """{"input":["a","b"]}""")]
    [InlineData("v1/messages", """{"model":"claude-haiku-4-5","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]}""")]
    [InlineData("v1/messages/count_tokens", """{"model":"claude-haiku-4-5","messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData("v1beta/models/gemini-2.5-flash:generateContent", Gemini)]
    [InlineData("v1beta/models/gemini-2.5-flash:countTokens", Gemini)]
    [InlineData("v1beta/models/gemini-2.5-flash:streamGenerateContent", Gemini)]
    [InlineData("openai/deployments/gpt-4o-mini/chat/completions?api-version=2024-10-21", """{"messages":[{"role":"user","content":"Hi"}]}""")]
    public async Task Whole_answers_are_json(string path, string request)
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (response, body) = await sim.SendAsync(path, request);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.StartsWith("application/json", response.Content.Headers.ContentType!.ToString());
        using var json = JsonDocument.Parse(body);
    }

    [Fact]
    public async Task A_chat_stream_states_usage_only_if_asked()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (_, silent) = await sim.SendAsync("v1/chat/completions", ChatStream);
        var (_, asked) = await sim.SendAsync("v1/chat/completions", ChatStream.Replace("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}", StringComparison.Ordinal));

        Assert.DoesNotContain("usage", silent, StringComparison.Ordinal);
        Assert.Contains("\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":32,\"total_tokens\":35", asked, StringComparison.Ordinal);
        Assert.Contains("\"finish_reason\":null}],\"usage\":null}", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenRouter_states_the_cost_that_it_bills()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (response, body) = await sim.SendAsync("api/v1/chat/completions", """{"model":"openai/gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hi"}]}""", "inputTokens=21,outputTokens=2,cachedTokens=5");

        Assert.StartsWith(": OPENROUTER PROCESSING\n\n", body);
        Assert.Contains("\"cost\":0.000003975,", body, StringComparison.Ordinal);
        var bill = await sim.BillAsync();
        Assert.Equal(3975, bill.NanoUsd);
        Assert.Equal(bill.ResponseId, response.Headers.GetValues("x-generation-id").Single());
    }

    [Fact]
    public async Task Anthropic_counts_the_cache_beside_the_input_and_bills_each_class()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (_, body) = await sim.SendAsync(
            "v1/messages",
            """{"model":"claude-sonnet-4-5","max_tokens":500,"stream":true,"messages":[{"role":"user","content":"Hi"}]}""",
            "inputTokens=1000,cachedTokens=600,cacheWriteTokens=200,cacheWrite1hTokens=100,outputTokens=50,reasoningTokens=10");

        Assert.Contains("\"usage\":{\"input_tokens\":100,\"cache_creation_input_tokens\":300,\"cache_read_input_tokens\":600,\"output_tokens\":50,\"output_tokens_details\":{\"thinking_tokens\":10}}", body, StringComparison.Ordinal);
        Assert.Equal((100 * 3000) + (600 * 300) + (200 * 3750) + (100 * 6000) + (50 * 15000), (await sim.BillAsync()).NanoUsd);
    }

    [Fact]
    public async Task Gemini_counts_thoughts_beside_the_candidates_and_ends_events_with_crlf()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (_, body) = await sim.SendAsync("v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", Gemini, "inputTokens=7,outputTokens=20,reasoningTokens=12");

        Assert.EndsWith("\r\n\r\n", body);
        Assert.Contains("\"promptTokenCount\": 7,\"candidatesTokenCount\": 8,\"totalTokenCount\": 27", body, StringComparison.Ordinal);
        Assert.Contains("\"thoughtsTokenCount\": 12}", body, StringComparison.Ordinal);
        Assert.Equal((7 * 300) + (20 * 2500), (await sim.BillAsync()).NanoUsd);
    }

    [Fact]
    public async Task Gemini_without_events_streams_one_json_array()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (_, body) = await sim.SendAsync("v1beta/models/gemini-2.5-flash:streamGenerateContent", Gemini, "outputTokens=20");

        Assert.Contains("}\n,\n{", body, StringComparison.Ordinal);
        Assert.Equal(3, JsonDocument.Parse(body).RootElement.GetArrayLength());
    }

    [Theory]
    [InlineData("v1/chat/completions", """{"model":"gpt-4o-mini","STREAM"messages":[{"role":"user","content":"What is the weather?"}],"tools":[{"type":"function","function":{"name":"get_weather"}}]}""", "\"tool_calls\"")]
    [InlineData("api/v1/chat/completions", """{"model":"openai/gpt-4o","STREAM"messages":[{"role":"user","content":"What is the weather?"}],"tools":[{"type":"function","function":{"name":"get_weather"}}]}""", "\"tool_calls\"")]
    [InlineData("v1/responses", """{"model":"gpt-5-mini","STREAM"input":"What is the weather?","tools":[{"type":"function","name":"get_weather"}]}""", "\"function_call\"")]
    [InlineData("v1/messages", """{"model":"claude-haiku-4-5","max_tokens":99,"STREAM"messages":[{"role":"user","content":"What is the weather?"}],"tools":[{"name":"get_weather","input_schema":{}}]}""", "\"tool_use\"")]
    public async Task A_tool_is_called_on_its_trigger_streamed_or_not(string path, string request, string mark)
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (_, whole) = await sim.SendAsync(path, request.Replace("STREAM\"", "stream\":false,\"", StringComparison.Ordinal));
        var (_, streamed) = await sim.SendAsync(path, request.Replace("STREAM\"", "stream\":true,\"", StringComparison.Ordinal));

        Assert.Contains(mark, whole, StringComparison.Ordinal);
        Assert.Contains("get_weather", whole, StringComparison.Ordinal);
        Assert.Contains(mark, streamed, StringComparison.Ordinal);
        foreach (var e in SseParser.Create(new MemoryStream(Encoding.UTF8.GetBytes(streamed))).Enumerate().Where(e => e.Data != "[DONE]"))
            JsonDocument.Parse(e.Data).Dispose();
        await sim.Host.WhenIdleAsync();
        Assert.All(sim.Host.Bills, bill => Assert.Equal(12, bill.Usage.Output));
    }

    [Fact]
    public async Task Base64_embeddings_hold_the_same_vector_as_numbers()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (_, numbers) = await sim.SendAsync("v1/embeddings", """{"model":"text-embedding-3-small","input":[[1,2,3]],"dimensions":8}""");
        var (_, base64) = await sim.SendAsync("v1/embeddings", """{"model":"text-embedding-3-small","input":[[1,2,3]],"dimensions":8,"encoding_format":"base64"}""");

        var expected = JsonDocument.Parse(numbers).RootElement.GetProperty("data")[0].GetProperty("embedding").EnumerateArray().Select(v => v.GetSingle()).ToArray();
        var bytes = JsonDocument.Parse(base64).RootElement.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();
        Assert.Equal(expected, Enumerable.Range(0, 8).Select(i => BitConverter.ToSingle(bytes, i * 4)));
        Assert.Equal(3, JsonDocument.Parse(numbers).RootElement.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Several_choices_share_the_prompt_and_a_json_answer_is_json(bool stream)
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (_, body) = await sim.SendAsync("v1/chat/completions", $$"""{"model":"gpt-4o-mini","stream":{{(stream ? "true" : "false")}},"n":3,"max_tokens":5,"response_format":{"type":"json_object"},"messages":[]}""");

        var texts = new string[3];
        foreach (var json in stream ? SseParser.Create(new MemoryStream(Encoding.UTF8.GetBytes(body))).Enumerate().Select(e => e.Data).Where(d => d != "[DONE]") : [body])
        {
            foreach (var choice in JsonDocument.Parse(json).RootElement.GetProperty("choices").EnumerateArray())
            {
                var message = choice.GetProperty(stream ? "delta" : "message");
                if (message.TryGetProperty("content", out var content))
                    texts[choice.GetProperty("index").GetInt32()] += content.GetString();
            }
        }

        Assert.All(texts, text => Assert.Equal("lorem ipsum dolor sit amet", JsonDocument.Parse(text).RootElement.GetProperty("answer").GetString()));
        Assert.Equal(15, (await sim.BillAsync()).Usage.Output);
    }

    [Theory]
    [InlineData("v1/models", "gpt-4o-mini")]
    [InlineData("api/v1/models", "openai/gpt-4o-mini")]
    [InlineData("v1beta/models", "models/gemini-2.5-flash")]
    [InlineData("v1/models/gpt-4o", "gpt-4o")]
    public async Task Model_lists_are_free_json(string path, string model)
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var body = await sim.Client.GetStringAsync(path);

        Assert.Contains($"\"{model}\"", body, StringComparison.Ordinal);
        JsonDocument.Parse(body).Dispose();
        Assert.Equal(0, (await sim.BillAsync()).NanoUsd);
    }

    [Fact]
    public async Task The_request_is_recorded_as_it_arrived()
    {
        await using var sim = await SimulatorFixture.StartAsync();

        await sim.SendAsync("a%2Fb/v1/chat/completions?x=%20y", Chat);

        var recorded = Assert.Single(sim.Host.Requests);
        Assert.Equal("/a%2Fb/v1/chat/completions?x=%20y", recorded.Target);
        Assert.Equal("Bearer sk-simulated-0123456789abcdef", recorded.Header("authorization"));
        Assert.Equal(Chat, Encoding.UTF8.GetString(recorded.Body.Span));
    }

    [Theory]
    [InlineData("v1/chat/completions", 401, "Incorrect API key provided: sk-simul*****************cdef.")]
    [InlineData("api/v1/chat/completions", 401, "{\"error\":{\"message\":\"User not found.\",\"code\":401}}")]
    [InlineData("v1/messages", 401, "\"authentication_error\"")]
    [InlineData("v1beta/models/gemini-2.5-flash:generateContent", 400, "API_KEY_INVALID")]
    public async Task A_wrong_provider_key_is_refused_in_the_providers_words(string path, int status, string words)
    {
        await using var sim = await SimulatorFixture.StartAsync(new() { ExpectedKeys = ["sk-right"] });

        var (response, body) = await sim.SendAsync(path, Chat);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(words, body, StringComparison.Ordinal);
        Assert.Equal(0, (await sim.BillAsync()).NanoUsd);
    }

    [Theory]
    [InlineData("v1/chat/completions", 429, "\"code\": \"rate_limit_exceeded\"")]
    [InlineData("v1/chat/completions", 500, "\"type\": \"server_error\"")]
    [InlineData("v1/messages", 529, "\"type\":\"overloaded_error\"")]
    [InlineData("api/v1/chat/completions", 502, "\"code\":502,\"metadata\":{\"provider_name\":\"OpenAI\"")]
    [InlineData("v1beta/models/gemini-2.5-flash:generateContent", 503, "\"status\": \"UNAVAILABLE\"")]
    [InlineData("v1beta/models/gemini-2.5-flash:streamGenerateContent", 429, "[{\n  \"error\"")]
    public async Task Errors_have_each_providers_shape_and_cost_nothing(string path, int status, string words)
    {
        await using var sim = await SimulatorFixture.StartAsync();

        var (response, body) = await sim.SendAsync(path, Chat, $"status={status}");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 429, response.Headers.RetryAfter is not null);
        Assert.Contains(words, body, StringComparison.Ordinal);
        JsonDocument.Parse(body).Dispose();
        Assert.Equal(0, (await sim.BillAsync()).NanoUsd);
    }

    [Fact]
    public async Task It_can_be_a_part_of_another_application()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        using var simulator = new ProviderSimulator(new SimulatorOptions());
        await using var application = builder.Build();
        application.UseRouting();
        application.MapSimulator("/providers", simulator);
        await application.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });

        using var response = await client.PostAsync(application.Urls.First() + "/providers/acme/v1/chat/completions", new StringContent(Chat));

        Assert.Equal(200, (int)response.StatusCode);
        await simulator.WhenIdleAsync();
        Assert.Equal("/providers/acme/v1/chat/completions", Assert.Single(simulator.Bills).Path);
    }
}
