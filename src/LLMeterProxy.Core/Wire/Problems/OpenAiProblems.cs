using System.Buffers;
using System.Text.Json;

namespace LLMeterProxy.Core.Wire.Problems;

/// <summary>OpenAI's error body: <c>{"error":{"message","type","param","code"}}</c>.</summary>
public sealed class OpenAiProblems : ProblemShape
{
    public static readonly OpenAiProblems Instance = new();

    /// <summary>E-MID; no <c>[DONE]</c> follows, so that the client sees the stream as broken.</summary>
    public static readonly ReadOnlyMemory<byte> StreamError =
        "data: {\"error\":{\"message\":\"The upstream ended the stream before it was complete.\",\"type\":\"server_error\",\"param\":null,\"code\":\"upstream_stream_error\"}}\n\n"u8.ToArray();

    private OpenAiProblems()
    {
    }

    public override string? RequestIdHeader => "x-request-id";

    public override int Status(ProblemCode code) => code switch
    {
        ProblemCode.InvalidApiKey => 401,
        ProblemCode.CapExhausted => 402,
        ProblemCode.ModelNotAllowed or ProblemCode.EndpointNotAllowed or ProblemCode.FeatureNotAllowed
            or ProblemCode.EndpointNotMetered or ProblemCode.ModelNotPriced => 403,
        ProblemCode.UnknownUrl => 404,
        ProblemCode.MethodNotAllowed => 405,
        ProblemCode.RequestTimeout => 408,
        ProblemCode.IdempotencyInProgress => 409,
        ProblemCode.RequestTooLarge => 413,
        ProblemCode.UnsupportedMediaType => 415,
        ProblemCode.IdempotencyKeyReuse => 422,
        ProblemCode.InFlightBudgetExhausted or ProblemCode.RateLimitExceeded => 429,
        ProblemCode.UpstreamUnreachable or ProblemCode.UpstreamCredentialRejected or ProblemCode.UpstreamStreamError => 502,
        ProblemCode.BudgetUnverifiable or ProblemCode.Overloaded => 503,
        ProblemCode.UpstreamTimeout => 504,
        ProblemCode.Internal => 500,
        _ => 400,
    };

    public override void Write(Problem problem, string requestId, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, problem.Message);
        json.WriteString("type"u8, Type(problem.Code));
        json.WriteString("param"u8, problem.Param ?? (problem.Code == ProblemCode.RequestExceedsBudget ? "max_tokens" : null));
        json.WriteString("code"u8, Name(problem.Code));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private string Type(ProblemCode code) => code switch
    {
        ProblemCode.CapExhausted => "insufficient_quota",
        ProblemCode.InFlightBudgetExhausted or ProblemCode.RateLimitExceeded => "rate_limit_exceeded",
        _ => Status(code) switch
        {
            403 => "permission_error",
            >= 500 => "server_error",
            _ => "invalid_request_error",
        },
    };
}
