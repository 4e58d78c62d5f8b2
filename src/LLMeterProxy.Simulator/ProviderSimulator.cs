using System.Buffers;
using System.Text;
using System.Text.Json;
using LLMeterProxy.Simulator.Billing;
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
    private static readonly string[] _toolResultMarks = ["\"tool_call_id\"", "\"tool_result\"", "\"toolResult\"", "\"tool_name\"", "\"function_call_output\"", "\"functionResponse\""];
    private static readonly SearchValues<string> _toolResults = SearchValues.Create(_toolResultMarks, StringComparison.Ordinal);

    private readonly SimulatorOptions _options;
    private readonly BillLog _bills;
    private readonly ScenarioQueue _scripts = new();
    private readonly InFlight _inFlight = new();
    private readonly Queue<RecordedRequest> _requests = new();
    private readonly Lock _requestsGate = new();
    private readonly Credentials _credentials;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ulong _idSeed;
    private long _sequence;

    /// <exception cref="IOException">The bill log cannot be opened.</exception>
    public ProviderSimulator(SimulatorOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.DefaultOutputTokens, 1);
        _options = options;
        _bills = new BillLog(options.BillLogPath, options.KeepBills);
        _credentials = new Credentials(options.ExpectedKeys);
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
        dispatch.IdSeed = _idSeed + ((ulong)dispatch.Sequence << 4);
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
            if (_credentials.Accept(context.Request, out var key))
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
        await new Reply(dispatch, scenario, _options, sender, writer).RunAsync(wrong);
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
            ? ScenarioText.Find(Encoding.UTF8.GetBytes(path)) ?? Scenario.Plain
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
    private static bool HasToolResult(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body).AsSpan().ContainsAny(_toolResults);

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
