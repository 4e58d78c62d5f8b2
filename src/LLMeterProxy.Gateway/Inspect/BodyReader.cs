using System.Buffers;
using LLMeterProxy.Core.Wire.Problems;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Gateway.Inspect;

/// <summary>Reads a request body once, bounded per call and over all calls.</summary>
internal sealed class BodyReader(GatewaySettings settings, BodyMemory memory)
{
    private const int FirstSize = 16 * 1024;

    private static readonly Problem Overloaded = new(
        ProblemCode.Overloaded,
        "The gateway holds too many request bytes at the moment. Retry shortly.",
        RetryAfter: TimeSpan.FromSeconds(1));

    private static readonly Problem Unreadable = new(ProblemCode.AmbiguousFraming, "The request body could not be read.");

    public async ValueTask<(RequestBody? Body, Problem? Problem)> ReadAsync(HttpContext http)
    {
        var declared = http.Request.ContentLength;
        if (declared > settings.MaxBodyBytes)
        {
            return (null, TooLarge());
        }

        long taken = Math.Max(declared ?? FirstSize, 1);
        if (!memory.TryTake(taken))
        {
            return (null, Overloaded);
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)taken);
        var length = 0;
        var handedOver = false;
        try
        {
            while (true)
            {
                if (length == buffer.Length)
                {
                    // A body of exactly the limit may fill the buffer: one byte more of room tells whether it ends there.
                    var more = Math.Min(buffer.Length, settings.MaxBodyBytes + 1 - buffer.Length);
                    if (!memory.TryTake(more))
                    {
                        return (null, Overloaded);
                    }

                    taken += more;
                    var larger = ArrayPool<byte>.Shared.Rent((int)(buffer.Length + more));
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }

                var read = await http.Request.Body.ReadAsync(buffer.AsMemory(length), http.RequestAborted);
                if (read == 0)
                {
                    break;
                }

                length += read;
                if (length > settings.MaxBodyBytes)
                {
                    return (null, TooLarge());
                }

                // Kestrel has verified the framing: the declared bytes are all there is, a further read only costs time.
                if (length == declared)
                {
                    break;
                }
            }

            handedOver = true;
            return (new RequestBody(memory, buffer, length, taken), null);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            // Kestrel has no status of its own for a chunk size past int64, and none is needed where the client is gone.
            return (null, Unreadable);
        }
        finally
        {
            if (!handedOver)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                memory.Return(taken);
            }
        }
    }

    private Problem TooLarge() => new(
        ProblemCode.RequestTooLarge,
        $"The request body is larger than the {settings.MaxBodyBytes} bytes that this gateway accepts.");
}
