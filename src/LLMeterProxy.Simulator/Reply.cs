using LLMeterProxy.Simulator.Providers;
using LLMeterProxy.Simulator.Scripting;
using LLMeterProxy.Simulator.Wire;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Simulator;

/// <summary>The answer to one dispatch: waits, headers and body in the order in which a provider and the scenario want them.</summary>
internal sealed class Reply(Dispatch dispatch, Scenario scenario, SimulatorOptions options, ResponseSender sender, BodyWriter writer)
{
    /// <summary>Answers. <paramref name="wrong"/>: why the request cannot be understood, or null.</summary>
    public async Task RunAsync(string? wrong)
    {
        var call = dispatch.Call;
        if (call is { Route.IsMetered: true })
            await sender.DelayAsync(scenario.DelayMs is { } ms ? TimeSpan.FromMilliseconds(ms) : options.Delay);
        if (!sender.IsOpen)
            return;
        if (scenario.CutBeforeHeaders)
        {
            await sender.CutAsync(scenario.CutKind);
            return;
        }

        var response = dispatch.Context.Response;
        ProviderHeaders.Apply(response.Headers, dispatch.Route, call?.Id, dispatch.IdSeed, dispatch.At);
        if (call is null || scenario.Status >= 400 || call.Route.Operation == SimulatedOperation.Unknown)
        {
            WriteRefusal(wrong);
            if (dispatch.Route.Shape == ProviderShape.Bedrock)
                response.Headers["x-amzn-errortype"] = ErrorAnswers.BedrockType(dispatch.Status);
            await SendWholeAsync();
            return;
        }

        response.StatusCode = dispatch.Status = scenario.Status;
        if (call.Stream && !scenario.Garbage && scenario.RawBody is null)
        {
            await SendStreamAsync();
            return;
        }

        if (call.Route.Operation == SimulatedOperation.Invoke)
            ProviderHeaders.ApplyBedrockCounts(response.Headers, call);
        response.ContentType = Answers.WriteWhole(call, writer);
        dispatch.Produced = call.Usage.Output;
        await SendWholeAsync();
    }

    private void WriteRefusal(string? wrong)
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
        response.ContentType = Answers.JsonType(route.Shape);
    }

    private async Task SendWholeAsync()
    {
        var response = dispatch.Context.Response;
        var bytes = writer.Written;
        if (scenario.Gzip)
            response.Headers.ContentEncoding = "gzip";
        if (!scenario.Chunked && !scenario.Gzip)
            response.ContentLength = bytes.Length + scenario.WrongContentLength;
        ApplyScripted(response.Headers);
        if (HttpMethods.IsHead(dispatch.Context.Request.Method))
        {
            dispatch.IsComplete = true;
            return;
        }

        await SendHeadersAsync();
        if (sender.IsOpen)
            await sender.SendAsync(bytes);
        await FinishAsync();
    }

    private async Task SendStreamAsync()
    {
        var call = dispatch.Call!;
        var response = dispatch.Context.Response;
        var isEventStream = IsEventStream(dispatch.Context.Request);
        response.ContentType = Answers.StreamType(call.Route.Shape, isEventStream);
        if (call.Route.Shape == ProviderShape.Anthropic)
            response.Headers.CacheControl = "no-cache";
        if (call.Route.Operation == SimulatedOperation.InvokeStream)
            response.Headers["x-amzn-bedrock-content-type"] = "application/json";
        if (scenario.Gzip)
            response.Headers.ContentEncoding = "gzip";
        ApplyScripted(response.Headers);
        await SendHeadersAsync();
        var chunkDelay = scenario.ChunkDelayMs is { } ms ? TimeSpan.FromMilliseconds(ms) : options.ChunkDelay;
        var isFirst = true;
        foreach (var produced in Answers.StreamOf(call, isEventStream, writer))
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
        await FinishAsync();
    }

    private async Task SendHeadersAsync()
    {
        if (scenario is not { HeaderDelayMs: 0, CutAtByte: null, StallAtByte: null })
            await dispatch.Context.Response.Body.FlushAsync(CancellationToken.None);
        await sender.DelayAsync(TimeSpan.FromMilliseconds(scenario.HeaderDelayMs));
    }

    private async Task FinishAsync()
    {
        if (sender.IsOpen)
            await sender.FinishAsync();
        if (!sender.IsOpen)
            return;
        await dispatch.Context.Response.CompleteAsync();
        dispatch.IsComplete = sender.IsOpen;
    }

    private void ApplyScripted(IHeaderDictionary headers)
    {
        if (scenario.Headers is null)
            return;
        foreach (var (name, value) in scenario.Headers)
            headers[name] = value;
    }

    private static bool IsEventStream(HttpRequest request) => request.Query["alt"] == "sse";
}
