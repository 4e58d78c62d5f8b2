using System.Text;
using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>
/// Bedrock InvokeModel of Anthropic's models as binary frames: the data of Anthropic's own events in base64, without pings;
/// the last of them carries Bedrock's counts beside Anthropic's.
/// </summary>
internal static class BedrockInvokeStream
{
    private static ReadOnlySpan<byte> DataMark => "\ndata: "u8;

    public static IEnumerable<long> Events(SimulatedCall call, BodyWriter writer)
    {
        using var inner = new BodyWriter();
        var number = 0;
        foreach (var produced in new AnthropicMessagesStream(call, inner).Events())
        {
            var wrapped = Wrap(inner.Written.Span, number++, call, writer);
            inner.Clear();
            if (wrapped)
                yield return produced;
        }
    }

    private static bool Wrap(ReadOnlySpan<byte> serverSentEvent, int number, SimulatedCall call, BodyWriter writer)
    {
        if (serverSentEvent.StartsWith("event: ping"u8))
            return false;
        var start = serverSentEvent.IndexOf(DataMark);
        var json = Encoding.UTF8.GetString(serverSentEvent[(start + DataMark.Length)..]).TrimEnd();
        if (serverSentEvent.StartsWith("event: error"u8))
        {
            writer.Write("{\"message\":\"The system encountered an unexpected error during processing. Try your request again.\"}"u8);
            EventStreamFrame.WrapException(writer, "internalServerException");
            return true;
        }

        if (serverSentEvent.StartsWith("event: message_stop"u8) && call.StatesUsage)
            json = json[..^1].TrimEnd() + Metrics(call) + "}";
        writer.Write($"{{\"bytes\":\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(json))}\",\"p\":\"{BedrockPadding.Of(number)}\"}}");
        EventStreamFrame.WrapEvent(writer, "chunk");
        return true;
    }

    private static string Metrics(SimulatedCall call)
    {
        var u = call.Usage;
        return $$""","amazon-bedrock-invocationMetrics":{"inputTokenCount":{{u.Uncached}},"outputTokenCount":{{u.Output}},"invocationLatency":831,"firstByteLatency":402,"cacheReadInputTokenCount":{{u.Cached}},"cacheWriteInputTokenCount":{{u.CacheWrite5m + u.CacheWrite1h}}}""";
    }
}
