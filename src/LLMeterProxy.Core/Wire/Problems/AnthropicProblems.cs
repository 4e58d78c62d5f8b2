using System.Buffers;
using System.Text.Json;

namespace LLMeterProxy.Core.Wire.Problems;

/// <summary>Anthropic's error body: <c>{"type":"error","error":{"type","message"},"request_id"}</c>, with our stable code as one more member of the error.</summary>
public sealed class AnthropicProblems : ProblemShape
{
    public static readonly AnthropicProblems Instance = new();

    // Anthropic's own status for an overload, which its SDKs retry.
    private const int OverloadedStatus = 529;

    private AnthropicProblems()
    {
    }

    public override string? RequestIdHeader => "request-id";

    /// <summary>E-MID: the event that ends a broken stream, with its blank line.</summary>
    public static ReadOnlyMemory<byte> StreamError(string requestId)
    {
        var output = new ArrayBufferWriter<byte>(256);
        output.Write("event: error\ndata: "u8);
        WriteBody(output, "api_error", "The upstream ended the stream before it was complete.", ProblemCode.UpstreamStreamError, requestId);
        output.Write("\n\n"u8);
        return output.WrittenMemory;
    }

    public override int Status(ProblemCode code) =>
        code is ProblemCode.BudgetUnverifiable or ProblemCode.Overloaded ? OverloadedStatus : OpenAiProblems.Instance.Status(code);

    public override void Write(Problem problem, string requestId, IBufferWriter<byte> output) =>
        WriteBody(output, Type(Status(problem.Code)), problem.Message, problem.Code, requestId);

    private static void WriteBody(IBufferWriter<byte> output, string type, string message, ProblemCode code, string requestId)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, type);
        json.WriteString("message"u8, message);
        json.WriteString("code"u8, Name(code));
        json.WriteEndObject();
        json.WriteString("request_id"u8, requestId);
        json.WriteEndObject();
    }

    private static string Type(int status) => status switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 or 405 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        OverloadedStatus => "overloaded_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };
}
