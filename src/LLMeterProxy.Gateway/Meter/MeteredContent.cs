using System.Net;
using LLMeterProxy.Gateway.Forward;
using LLMeterProxy.Gateway.Settle;

namespace LLMeterProxy.Gateway.Meter;

/// <summary>The upstream's content with a metering stream in front of it. Headers were copied before; only the stream is asked for.</summary>
internal sealed class MeteredContent(
    HttpContent upstream, GatewayContext context, SettleStage settle, Drain drain, TimeProvider time) : HttpContent
{
    protected override async Task<Stream> CreateContentReadStreamAsync()
    {
        var stream = await upstream.ReadAsStreamAsync();
        return new MeteringStream(stream, upstream.Headers, context, settle, drain, time);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        throw new NotSupportedException("YARP reads this content as a stream.");

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            upstream.Dispose();
        }

        base.Dispose(disposing);
    }
}
