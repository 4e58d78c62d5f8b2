using System.Buffers;
using System.Text.Json;

namespace LLMeterProxy.Core.Wire.Problems;

/// <summary>
/// The error body of AWS's JSON services: <c>{"message"}</c>, with the type of the error in a header, by which SDKs choose
/// the exception that they raise. Our stable code is the member <c>reason</c>: some SDKs take <c>code</c> for the type.
/// </summary>
public sealed class BedrockProblems : ProblemShape
{
    public static readonly BedrockProblems Instance = new();

    private BedrockProblems()
    {
    }

    public override string? RequestIdHeader => "x-amzn-requestid";

    public override string? TypeHeader => "x-amzn-errortype";

    public override int Status(ProblemCode code) => OpenAiProblems.Instance.Status(code);

    /// <summary>Of the exceptions that the runtime API declares, and of those that are common to all of AWS.</summary>
    public override string ErrorType(ProblemCode code) => Status(code) switch
    {
        401 => "UnrecognizedClientException",
        402 => "ServiceQuotaExceededException",
        403 => "AccessDeniedException",
        404 => "ResourceNotFoundException",
        405 => "UnknownOperationException",
        408 => "RequestTimeoutException",
        409 => "ConflictException",
        429 => "ThrottlingException",
        503 => "ServiceUnavailableException",
        504 => "ModelTimeoutException",
        >= 500 => "InternalServerException",
        _ => "ValidationException",
    };

    public override void Write(Problem problem, string requestId, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("message"u8, problem.Message);
        json.WriteString("reason"u8, Name(problem.Code));
        json.WriteEndObject();
    }
}
