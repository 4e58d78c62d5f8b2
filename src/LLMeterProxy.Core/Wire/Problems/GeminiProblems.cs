using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace LLMeterProxy.Core.Wire.Problems;

/// <summary>Google's error body: <c>{"error":{"code","message","status","details":[ErrorInfo, RetryInfo]}}</c>.</summary>
public sealed class GeminiProblems : ProblemShape
{
    public static readonly GeminiProblems Instance = new();

    /// <summary>E-MID: the event that ends a broken stream, with its blank line.</summary>
    public static readonly ReadOnlyMemory<byte> StreamError =
        "data: {\"error\":{\"code\":500,\"message\":\"The upstream ended the stream before it was complete.\",\"status\":\"INTERNAL\",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"UPSTREAM_STREAM_ERROR\",\"domain\":\"llmeter\"}]}}\n\n"u8.ToArray();

    private GeminiProblems()
    {
    }

    public override string? RequestIdHeader => null;

    public override int Status(ProblemCode code) =>
        code == ProblemCode.UpstreamStreamError ? 500 : OpenAiProblems.Instance.Status(code);

    public override void Write(Problem problem, string requestId, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteNumber("code"u8, Status(problem.Code));
        json.WriteString("message"u8, problem.Message);
        json.WriteString("status"u8, GoogleStatus(problem.Code));
        json.WriteStartArray("details"u8);
        json.WriteStartObject();
        json.WriteString("@type"u8, "type.googleapis.com/google.rpc.ErrorInfo"u8);
        json.WriteString("reason"u8, Reason(problem.Code));
        json.WriteString("domain"u8, "llmeter"u8);
        json.WriteEndObject();
        if (problem.RetryAfter is { } delay)
        {
            json.WriteStartObject();
            json.WriteString("@type"u8, "type.googleapis.com/google.rpc.RetryInfo"u8);
            json.WriteString("retryDelay"u8, string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(delay.TotalSeconds):0}s"));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private string GoogleStatus(ProblemCode code) => code switch
    {
        ProblemCode.MethodNotAllowed => "UNIMPLEMENTED",
        ProblemCode.UpstreamTimeout => "DEADLINE_EXCEEDED",
        ProblemCode.IdempotencyInProgress or ProblemCode.IdempotencyKeyReuse => "ABORTED",
        _ => Status(code) switch
        {
            401 => "UNAUTHENTICATED",
            402 or 429 => "RESOURCE_EXHAUSTED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            500 => "INTERNAL",
            > 500 => "UNAVAILABLE",
            _ => "INVALID_ARGUMENT",
        },
    };

    private static string Reason(ProblemCode code) => code switch
    {
        ProblemCode.InvalidApiKey => "API_KEY_INVALID",
        ProblemCode.CapExhausted => "SPEND_CAP_EXHAUSTED",
        _ => Name(code).ToUpperInvariant(),
    };
}
