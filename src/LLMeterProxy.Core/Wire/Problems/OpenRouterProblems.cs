using System.Buffers;
using System.Text.Json;

namespace LLMeterProxy.Core.Wire.Problems;

/// <summary>
/// OpenRouter's error body: <c>{"error":{"code","message","metadata"}}</c> with the HTTP status as <c>code</c>. Its SDK
/// takes a text there for a broken answer, so that our stable code is a member of <c>metadata</c>, which is open.
/// </summary>
public sealed class OpenRouterProblems : ProblemShape
{
    public static readonly OpenRouterProblems Instance = new();

    /// <summary>E-MID of a chat: a whole chunk, as OpenRouter's own, because its SDK reads no event that is less; no <c>[DONE]</c> follows.</summary>
    public static readonly ReadOnlyMemory<byte> StreamError =
        "data: {\"id\":\"\",\"object\":\"chat.completion.chunk\",\"created\":0,\"model\":\"\",\"error\":{\"code\":502,\"message\":\"The upstream ended the stream before it was complete.\"},\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}\n\n"u8.ToArray();

    private OpenRouterProblems()
    {
    }

    public override string? RequestIdHeader => OpenAiProblems.Instance.RequestIdHeader;

    public override int Status(ProblemCode code) => OpenAiProblems.Instance.Status(code);

    public override void Write(Problem problem, string requestId, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteNumber("code"u8, Status(problem.Code));
        json.WriteString("message"u8, problem.Message);
        json.WriteStartObject("metadata"u8);
        json.WriteString("code"u8, Name(problem.Code));
        if (problem.Param is { } param)
        {
            json.WriteString("param"u8, param);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
