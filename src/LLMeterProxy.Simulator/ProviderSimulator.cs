using System.Buffers;
using System.Text.Json;
using LLMeterProxy.Simulator.Billing;
using LLMeterProxy.Simulator.Providers;
using LLMeterProxy.Simulator.Scripting;
using LLMeterProxy.Simulator.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LLMeterProxy.Simulator;

/// <summary>
/// Scripted LLM providers behind one request handler, with a bill. <see cref="SimulatorHost"/> gives it a port of its own;
/// <see cref="SimulatorEndpoints"/> puts it into an existing application.
/// </summary>
/// <remarks>
/// A call's scenario is the one in its <c>x-sim-scenario</c> header, else the first of <see cref="Script"/> that matches,
/// else the last directive in its body, else the one in its path (see <see cref="ScenarioText"/>). Each dispatch ends in
/// one <see cref="BillEntry"/>, added once nothing more will be sent: await <see cref="WhenIdleAsync"/> before reading.
/// </remarks>
public sealed class ProviderSimulator : IDisposable
{
    private static readonly string[] _toolResultMarks = ["\"tool_call_id\"", "\"tool_result\"", "\"function_call_output\"", "\"functionResponse\""];
    private static readonly SearchValues<string> _toolResults = SearchValues.Create(_toolResultMarks, StringComparison.Ordinal);

    private readonly SimulatorOptions _options;
    private readonly BillLog _bills;
    private readonly ScenarioQueue _scripts = new();
    private readonly InFlight _inFlight = new();
    private readonly Queue<RecordedRequest> _requests = new();
    private readonly Lock _requestsGate = new();
    private readonly HashSet<string> _keys;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ulong _idSeed;
    private long _sequence;

    /// <exception cref="IOException">The bill log cannot be opened.</exception>
    public ProviderSimulator(SimulatorOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.DefaultOutputTokens, 1);
        _options = options;
        _bills = new BillLog(options.BillLogPath, options.KeepBills);
        _keys = [.. options.ExpectedKeys];
        // Two runs must not repeat each other's response ids: meters tell duplicates by them.
        _idSeed = (ulong)options.Time.GetUtcNow().UtcTicks << 20;
    }

    /// <summary>The bill so far, in the order in which dispatches ended.</summary>
    public IReadOnlyList<BillEntry> Bills => _bills.Snapshot();

    /// <summary>The latest requests, oldest first, as they arrived.</summary>
    public IReadOnlyList<RecordedRequest> Requests
    {
        get
        {
            lock (_requestsGate)
                return [.. _requests];
        }
    }

    /// <summary>How many dispatches arrived so far.</summary>
    public long Dispatches => Interlocked.Read(ref _sequence);

    /// <summary>Sets what the next <paramref name="times"/> requests that match meet with.</summary>
    public void Script(Scenario scenario, int times = 1, Func<RecordedRequest, bool>? when = null) => _scripts.Add(scenario, times, when);

    /// <summary>Forgets all scripts that were not used.</summary>
    public void ClearScripts() => _scripts.Clear();

    /// <summary>Completes once no dispatch is being served; every dispatch that a client has heard of is then in <see cref="Bills"/>.</summary>
    public Task WhenIdleAsync(CancellationToken cancellationToken = default) => _inFlight.WhenIdleAsync(cancellationToken);

    /// <summary>Serves one request, whatever its path.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        _inFlight.Enter();
        try
        {
            var dispatch = new Dispatch(context, Interlocked.Increment(ref _sequence), _options.Time.GetUtcNow());
            using var writer = new BodyWriter();
            try
            {
                await ServeAsync(dispatch, writer);
            }
            catch (IOException)
            {
                // The client left while it was sending its request: a dispatch without an answer.
            }

            _bills.Add(dispatch.ToBillEntry());
        }
        finally
        {
            _inFlight.Leave();
        }
    }

    /// <summary>Ends stalls and waits, so that a host can stop.</summary>
    public void Stop() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _stopping.Dispose();
        _bills.Dispose();
    }

    private async Task ServeAsync(Dispatch dispatch, BodyWriter writer)
    {
        var context = dispatch.Context;
        var body = await ReadBodyAsync(context.Request);
        var idSeed = _idSeed + ((ulong)dispatch.Sequence << 4);
        dispatch.IdSeed = idSeed;
        dispatch.Marker = CallMarker.Find(body.Span);
        RecordedRequest? recorded = null;
        RecordedRequest Recorded() => recorded ??= Record(dispatch, body);
        if (_options.RecordedRequests > 0)
            Keep(Recorded());

        Scenario scenario;
        SimulatedCall? call = null;
        string? wrong = null;
        try
        {
            scenario = FindScenario(context.Request, body.Span, Recorded);
            if (IsAuthorized(context.Request, out var key))
                call = Understand(dispatch, body.Span, scenario);
            else
                dispatch.RefusedKey = key ?? "";
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            scenario = Scenario.Plain;
            wrong = e.Message;
        }

        dispatch.Call = call;
        using var sender = new ResponseSender(context, scenario, _options.Time, _options.RecordBodies ? _options.MaxRecordedBodyBytes : 0, _stopping.Token);
        dispatch.Sender = sender;
        if (call is { Route.IsMetered: true })
            await sender.DelayAsync(scenario.DelayMs is { } ms ? TimeSpan.FromMilliseconds(ms) : _options.Delay);
        if (!sender.IsOpen)
            return;
        if (scenario.CutBeforeHeaders)
        {
            await sender.CutAsync(scenario.CutKind);
            return;
        }

        ProviderHeaders.Apply(context.Response.Headers, dispatch.Route, call?.Id, idSeed, dispatch.At);
        if (call is null || scenario.Status >= 400 || call.Route.Operation == SimulatedOperation.Unknown)
        {
            WriteRefusal(dispatch, scenario, wrong, writer);
            await SendWholeAsync(dispatch, scenario, writer);
            return;
        }

        context.Response.StatusCode = dispatch.Status = scenario.Status;
        if (call.Stream && !scenario.Garbage && scenario.RawBody is null)
        {
            await SendStreamAsync(dispatch, scenario, writer);
            return;
        }

        WriteWhole(call, scenario, context, writer);
        dispatch.Produced = call.Usage.Output;
        await SendWholeAsync(dispatch, scenario, writer);
    }

    private Scenario FindScenario(HttpRequest request, ReadOnlySpan<byte> body, Func<RecordedRequest> recorded)
    {
        if (request.Headers.TryGetValue(ScenarioText.HeaderName, out var header))
            return ScenarioText.Parse(header.ToString());
        if (_scripts.Take(recorded) is { } scripted)
            return scripted;
        if (ScenarioText.Find(body) is { } inBody)
            return inBody;
        return request.Path.Value is { } path && path.Contains("[[sim:", StringComparison.Ordinal)
            ? ScenarioText.Find(System.Text.Encoding.UTF8.GetBytes(path)) ?? Scenario.Plain
            : Scenario.Plain;
    }

    private SimulatedCall Understand(Dispatch dispatch, ReadOnlySpan<byte> body, Scenario scenario)
    {
        var fields = HttpMethods.IsPost(dispatch.Context.Request.Method) && dispatch.Route.Operation != SimulatedOperation.Unknown
            ? RequestReader.Read(body)
            : new RequestFields();
        var hasTrigger = fields.ToolName is not null && (body.IndexOf("weather"u8) >= 0 || body.IndexOf("call the tool"u8) >= 0) && !HasToolResult(body);
        return new SimulatedCall(dispatch.Route, fields, scenario, hasTrigger, _options.DefaultOutputTokens, dispatch.IdSeed, dispatch.At);
    }

    // A model that has its tool's result answers in words; else an agent loop would never end.
    private static bool HasToolResult(ReadOnlySpan<byte> body) => System.Text.Encoding.UTF8.GetString(body).AsSpan().ContainsAny(_toolResults);

    private bool IsAuthorized(HttpRequest request, out string? key)
    {
        key = null;
        if (_keys.Count == 0)
            return true;
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            key = authorization["Bearer ".Length..].Trim();
        else if (First(request, "x-api-key") is { } anthropic)
            key = anthropic;
        else if (First(request, "api-key") is { } azure)
            key = azure;
        else if (First(request, "x-goog-api-key") is { } google)
            key = google;
        else if (request.Query.TryGetValue("key", out var query))
            key = query.ToString();
        return key is not null && _keys.Contains(key);
    }

    private static string? First(HttpRequest request, string name) => request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;

    private static void WriteRefusal(Dispatch dispatch, Scenario scenario, string? wrong, BodyWriter writer)
    {
        var route = dispatch.Route;
        var response = dispatch.Context.Response;
        if (dispatch.RefusedKey is { } key)
        {
            dispatch.Status = ErrorAnswers.UnauthorizedStatus(route.Shape);
            ErrorAnswers.WriteUnauthorized(writer, route, key.Length == 0 ? null : key, dispatch.IdSeed);
        }
        else
        {
            dispatch.Status = wrong is not null ? 400 : scenario.Status >= 400 ? scenario.Status : 404;
            var inArray = route.Operation == SimulatedOperation.StreamGenerate && !IsEventStream(dispatch.Context.Request);
            ErrorAnswers.Write(writer, route, dispatch.Status, scenario.ErrorCode, dispatch.IdSeed, wrong, inArray);
            ProviderHeaders.ApplyRefusal(response.Headers, route.Shape, dispatch.Status, scenario.RetryAfterSeconds);
        }

        response.StatusCode = dispatch.Status;
        response.ContentType = route.Shape == ProviderShape.Gemini ? "application/json; charset=UTF-8" : "application/json";
    }

    private static void WriteWhole(SimulatedCall call, Scenario scenario, HttpContext context, BodyWriter writer)
    {
        context.Response.ContentType = call.Route.Shape == ProviderShape.Gemini ? "application/json; charset=UTF-8" : "application/json";
        if (scenario.RawBody is { } raw)
        {
            context.Response.ContentType = scenario.RawContentType;
            writer.Write(raw.Span);
            return;
        }

        if (scenario.Garbage)
        {
            writer.Write("<html><head><title>upstream</title></head><body>\0\x7f not what was expected {\"usage\": </body></html>"u8);
            return;
        }

        switch (call.Route.Operation)
        {
            case SimulatedOperation.Chat when call.Route.Shape == ProviderShape.OpenRouter:
                OpenRouterChat.Write(call, writer);
                break;
            case SimulatedOperation.Chat:
                OpenAIChat.Write(call, writer);
                break;
            case SimulatedOperation.Completions:
                OpenAICompletions.Write(call, writer);
                break;
            case SimulatedOperation.Responses:
                OpenAIResponses.Write(call, writer);
                break;
            case SimulatedOperation.Embeddings:
                OpenAIEmbeddings.Write(call, writer);
                break;
            case SimulatedOperation.Messages:
                AnthropicMessages.Write(call, writer);
                break;
            case SimulatedOperation.Generate:
                GeminiContent.Write(call, writer);
                break;
            case SimulatedOperation.CountTokens:
                FreeAnswers.WriteTokenCount(call, writer);
                break;
            case SimulatedOperation.Moderations:
                FreeAnswers.WriteModeration(call, writer);
                break;
            case SimulatedOperation.Models:
                FreeAnswers.WriteModels(call.Route.Shape, writer);
                break;
            default:
                FreeAnswers.WriteModel(call.Route.Shape, JsonText.Escape(call.ModelRequested), writer);
                break;
        }
    }

    private static AnswerStream StreamOf(SimulatedCall call, bool isEventStream, BodyWriter writer) => call.Route.Operation switch
    {
        SimulatedOperation.Chat when call.Route.Shape == ProviderShape.OpenRouter => new OpenRouterChatStream(call, writer),
        SimulatedOperation.Chat => new OpenAIChatStream(call, writer),
        SimulatedOperation.Completions => new OpenAICompletionsStream(call, writer),
        SimulatedOperation.Responses => new OpenAIResponsesStream(call, writer),
        SimulatedOperation.Messages => new AnthropicMessagesStream(call, writer),
        _ => new GeminiStream(call, writer, isArray: !isEventStream),
    };

    private static bool IsEventStream(HttpRequest request) => request.Query["alt"] == "sse";

    private static async Task SendWholeAsync(Dispatch dispatch, Scenario scenario, BodyWriter writer)
    {
        var response = dispatch.Context.Response;
        var sender = dispatch.Sender!;
        var bytes = writer.Written;
        if (scenario.Gzip)
            response.Headers.ContentEncoding = "gzip";
        if (!scenario.Chunked && !scenario.Gzip)
            response.ContentLength = bytes.Length + scenario.WrongContentLength;
        ApplyScripted(response.Headers, scenario);
        if (HttpMethods.IsHead(dispatch.Context.Request.Method))
        {
            dispatch.IsComplete = true;
            return;
        }

        await SendHeadersAsync(response, sender, scenario);
        if (sender.IsOpen)
            await sender.SendAsync(bytes);
        await FinishAsync(dispatch);
    }

    private async Task SendStreamAsync(Dispatch dispatch, Scenario scenario, BodyWriter writer)
    {
        var call = dispatch.Call!;
        var sender = dispatch.Sender!;
        var response = dispatch.Context.Response;
        var isEventStream = IsEventStream(dispatch.Context.Request);
        response.ContentType = call.Route.Shape switch
        {
            ProviderShape.Gemini => isEventStream ? "text/event-stream" : "application/json; charset=UTF-8",
            ProviderShape.OpenRouter => "text/event-stream",
            _ => "text/event-stream; charset=utf-8",
        };
        if (call.Route.Shape == ProviderShape.Anthropic)
            response.Headers.CacheControl = "no-cache";
        if (scenario.Gzip)
            response.Headers.ContentEncoding = "gzip";
        ApplyScripted(response.Headers, scenario);
        await SendHeadersAsync(response, sender, scenario);
        var chunkDelay = scenario.ChunkDelayMs is { } ms ? TimeSpan.FromMilliseconds(ms) : _options.ChunkDelay;
        var isFirst = true;
        foreach (var produced in StreamOf(call, isEventStream, writer).Events())
        {
            if (!isFirst)
                await sender.DelayAsync(chunkDelay);
            isFirst = false;
            if (!sender.IsOpen)
                break;
            dispatch.Produced = produced;
            await sender.SendAsync(writer.Written);
            writer.Clear();
        }

        dispatch.BrokeOff = scenario.ErrorEventMidStream && !call.CallsTool;
        await FinishAsync(dispatch);
    }

    private static async Task SendHeadersAsync(HttpResponse response, ResponseSender sender, Scenario scenario)
    {
        if (scenario is not { HeaderDelayMs: 0, CutAtByte: null, StallAtByte: null })
            await response.Body.FlushAsync(CancellationToken.None);
        await sender.DelayAsync(TimeSpan.FromMilliseconds(scenario.HeaderDelayMs));
    }

    private static async Task FinishAsync(Dispatch dispatch)
    {
        var sender = dispatch.Sender!;
        if (sender.IsOpen)
            await sender.FinishAsync();
        if (!sender.IsOpen)
            return;
        await dispatch.Context.Response.CompleteAsync();
        dispatch.IsComplete = sender.IsOpen;
    }

    private static void ApplyScripted(IHeaderDictionary headers, Scenario scenario)
    {
        if (scenario.Headers is null)
            return;
        foreach (var (name, value) in scenario.Headers)
            headers[name] = value;
    }

    private static RecordedRequest Record(Dispatch dispatch, ReadOnlyMemory<byte> body)
    {
        var request = dispatch.Context.Request;
        var target = dispatch.Context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var headers = new List<KeyValuePair<string, string>>(request.Headers.Count);
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
                headers.Add(new(name, value ?? ""));
        }

        return new RecordedRequest(dispatch.Sequence, dispatch.At, request.Method, target, headers, body);
    }

    private void Keep(RecordedRequest request)
    {
        lock (_requestsGate)
        {
            if (_requests.Count == _options.RecordedRequests)
                _requests.Dequeue();
            _requests.Enqueue(request);
        }
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request)
    {
        if (request.ContentLength is { } length and <= int.MaxValue)
        {
            var whole = new byte[length];
            await request.Body.ReadExactlyAsync(whole);
            return whole;
        }

        using var growing = new MemoryStream();
        await request.Body.CopyToAsync(growing);
        return growing.ToArray();
    }
}
