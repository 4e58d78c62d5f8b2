using Microsoft.AspNetCore.Http.Features;

namespace LLMeterProxy.Benchmarks.Servers;

/// <summary>
/// The cheapest provider there is: bytes made at the start, chosen by a request header that every proxy passes on. It looks
/// into a body for one thing only: whether a stream was asked for its usage.
/// </summary>
internal static class CannedUpstream
{
    public static async Task<int> RunAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenLocalhost(port);
            kestrel.AddServerHeader = false;

            // A machine that is too busy for a while must not look like a slow reader.
            kestrel.Limits.MinResponseDataRate = null;
        });
        var app = builder.Build();
        var workloads = Workload.All.ToDictionary(w => w.Name, StringComparer.Ordinal);
        app.Run(http => AnswerAsync(http, workloads[http.Request.Headers[Workload.Header].ToString()]));
        await app.RunAsync();
        return 0;
    }

    private static async Task AnswerAsync(HttpContext http, Workload workload)
    {
        var wantsUsage = await ReadBodyAsync(http.Request);
        var headers = http.Response.Headers;
        headers["openai-processing-ms"] = "412";
        headers["openai-version"] = "2020-10-01";
        headers["x-request-id"] = "req_0123456789abcdef0123456789abcdef";
        headers["x-ratelimit-limit-requests"] = "10000";
        headers["x-ratelimit-remaining-requests"] = "9999";
        headers["x-ratelimit-reset-requests"] = "6ms";
        if (!workload.IsStream)
        {
            headers.ContentType = "application/json";
            headers.ContentLength = workload.Response.Length;
            await http.Response.BodyWriter.WriteAsync(workload.Response);
            return;
        }

        headers.ContentType = "text/event-stream; charset=utf-8";
        http.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        for (var i = 0; i < Workload.Chunks; i++)
        {
            await http.Response.BodyWriter.WriteAsync(workload.Response);
            if (workload.Pace > TimeSpan.Zero)
            {
                await Task.Delay(workload.Pace);
            }
        }

        await http.Response.BodyWriter.WriteAsync(workload.LastChunk);
        if (wantsUsage)
        {
            await http.Response.BodyWriter.WriteAsync(workload.UsageChunk);
        }

        await http.Response.BodyWriter.WriteAsync(Workload.Done);
    }

    private static async ValueTask<bool> ReadBodyAsync(HttpRequest request)
    {
        var found = false;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync();
            if (request.ContentLength < 1024)
            {
                found |= read.Buffer.FirstSpan.IndexOf("include_usage"u8) >= 0;
            }

            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return found;
            }
        }
    }
}
