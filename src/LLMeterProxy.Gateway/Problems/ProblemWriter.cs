using System.Buffers;
using System.Globalization;
using LLMeterProxy.Core.Wire.Problems;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Gateway.Problems;

/// <summary>Answers a call with a problem, in the family of the route that was called (A71).</summary>
internal static class ProblemWriter
{
    public static async Task WriteAsync(GatewayContext context, Problem problem)
    {
        var response = context.Http.Response;
        if (response.HasStarted)
        {
            context.Http.Abort();
            return;
        }

        response.Clear();
        var shape = context.Problems;
        response.StatusCode = shape.Status(problem.Code);
        response.ContentType = "application/json";
        var headers = response.Headers;
        headers["x-llmeter-request-id"] = context.RequestIdText;
        if (shape.RequestIdHeader is { } name)
        {
            headers[name] = context.RequestIdText;
        }

        if (shape.TypeHeader is { } type)
        {
            headers[type] = shape.ErrorType(problem.Code);
        }

        if (ProblemShape.IsFinal(problem.Code))
        {
            headers["x-should-retry"] = "false";
        }

        if (problem.RetryAfter is { } wait)
        {
            headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (problem.ResetsAt is { } resets)
        {
            headers["x-llmeter-resets-at"] = resets.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        }

        if (problem.Allow is { } allow)
        {
            headers.Allow = allow;
        }

        if (problem.Code == ProblemCode.AmbiguousFraming)
        {
            // What follows on this connection may be the rest of this body or another request: nobody can tell (T1).
            headers.Connection = "close";
        }

        var body = new ArrayBufferWriter<byte>(512);
        shape.Write(problem, context.RequestIdText, body);
        response.ContentLength = body.WrittenCount;
        await response.Body.WriteAsync(body.WrittenMemory);
    }
}
