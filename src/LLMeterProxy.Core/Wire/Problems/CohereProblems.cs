using System.Buffers;
using System.Text.Json;

namespace LLMeterProxy.Core.Wire.Problems;

/// <summary>Cohere's error body: <c>{"id","message"}</c>, with our stable code as one more member.</summary>
public sealed class CohereProblems : ProblemShape
{
    public static readonly CohereProblems Instance = new();

    /// <summary>E-MID of the second version: its last event, which has a member for an error that occurred while generating.</summary>
    public static readonly ReadOnlyMemory<byte> StreamError =
        "event: message-end\ndata: {\"type\":\"message-end\",\"delta\":{\"error\":\"The upstream ended the stream before it was complete.\",\"finish_reason\":\"ERROR\"}}\n\n"u8.ToArray();

    /// <summary>E-MID of the first version.</summary>
    public static readonly ReadOnlyMemory<byte> FirstVersionStreamError =
        "event: stream-end\ndata: {\"is_finished\":true,\"event_type\":\"stream-end\",\"finish_reason\":\"ERROR\"}\n\n"u8.ToArray();

    private CohereProblems()
    {
    }

    public override string? RequestIdHeader => null;

    public override int Status(ProblemCode code) => OpenAiProblems.Instance.Status(code);

    public override void Write(Problem problem, string requestId, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("id"u8, requestId);
        json.WriteString("message"u8, problem.Message);
        json.WriteString("code"u8, Name(problem.Code));
        json.WriteEndObject();
    }
}
