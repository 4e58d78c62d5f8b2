using System.Buffers;
using System.Text;
using System.Text.Json;
using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Problems;

public sealed class ProblemShapeTests
{
    private const string RequestId = "0199d3c2-7b1a-7c3e-9a40-6f0a1b2c3d00";

    // The error contract as a table: code, status and type of OpenAI; status and type of Anthropic; status, name and reason of Google.
    public static TheoryData<ProblemCode, string, int, string, int, string, int, string, string> Table => new()
    {
        { ProblemCode.InvalidApiKey, "invalid_api_key", 401, "invalid_request_error", 401, "authentication_error", 401, "UNAUTHENTICATED", "API_KEY_INVALID" },
        { ProblemCode.AmbiguousCredentials, "ambiguous_credentials", 400, "invalid_request_error", 400, "invalid_request_error", 400, "INVALID_ARGUMENT", "AMBIGUOUS_CREDENTIALS" },
        { ProblemCode.ModelNotAllowed, "model_not_allowed", 403, "permission_error", 403, "permission_error", 403, "PERMISSION_DENIED", "MODEL_NOT_ALLOWED" },
        { ProblemCode.EndpointNotAllowed, "endpoint_not_allowed", 403, "permission_error", 403, "permission_error", 403, "PERMISSION_DENIED", "ENDPOINT_NOT_ALLOWED" },
        { ProblemCode.FeatureNotAllowed, "feature_not_allowed", 403, "permission_error", 403, "permission_error", 403, "PERMISSION_DENIED", "FEATURE_NOT_ALLOWED" },
        { ProblemCode.EndpointNotMetered, "endpoint_not_metered", 403, "permission_error", 403, "permission_error", 403, "PERMISSION_DENIED", "ENDPOINT_NOT_METERED" },
        { ProblemCode.UnknownUrl, "unknown_url", 404, "invalid_request_error", 404, "not_found_error", 404, "NOT_FOUND", "UNKNOWN_URL" },
        { ProblemCode.MethodNotAllowed, "method_not_allowed", 405, "invalid_request_error", 405, "not_found_error", 405, "UNIMPLEMENTED", "METHOD_NOT_ALLOWED" },
        { ProblemCode.InvalidJson, "invalid_json", 400, "invalid_request_error", 400, "invalid_request_error", 400, "INVALID_ARGUMENT", "INVALID_JSON" },
        { ProblemCode.DuplicateProperty, "duplicate_property", 400, "invalid_request_error", 400, "invalid_request_error", 400, "INVALID_ARGUMENT", "DUPLICATE_PROPERTY" },
        { ProblemCode.MissingModel, "missing_model", 400, "invalid_request_error", 400, "invalid_request_error", 400, "INVALID_ARGUMENT", "MISSING_MODEL" },
        { ProblemCode.ConflictingModel, "conflicting_model", 400, "invalid_request_error", 400, "invalid_request_error", 400, "INVALID_ARGUMENT", "CONFLICTING_MODEL" },
        { ProblemCode.InvalidValue, "invalid_value", 400, "invalid_request_error", 400, "invalid_request_error", 400, "INVALID_ARGUMENT", "INVALID_VALUE" },
        { ProblemCode.AmbiguousFraming, "ambiguous_framing", 400, "invalid_request_error", 400, "invalid_request_error", 400, "INVALID_ARGUMENT", "AMBIGUOUS_FRAMING" },
        { ProblemCode.UnsupportedMediaType, "unsupported_media_type", 415, "invalid_request_error", 415, "invalid_request_error", 415, "INVALID_ARGUMENT", "UNSUPPORTED_MEDIA_TYPE" },
        { ProblemCode.RequestTooLarge, "request_too_large", 413, "invalid_request_error", 413, "request_too_large", 413, "INVALID_ARGUMENT", "REQUEST_TOO_LARGE" },
        { ProblemCode.RequestTimeout, "request_timeout", 408, "invalid_request_error", 408, "invalid_request_error", 408, "INVALID_ARGUMENT", "REQUEST_TIMEOUT" },
        { ProblemCode.ModelNotPriced, "model_not_priced", 403, "permission_error", 403, "permission_error", 403, "PERMISSION_DENIED", "MODEL_NOT_PRICED" },
        { ProblemCode.CapExhausted, "project_spend_limit_exceeded", 402, "insufficient_quota", 402, "billing_error", 402, "RESOURCE_EXHAUSTED", "SPEND_CAP_EXHAUSTED" },
        { ProblemCode.InFlightBudgetExhausted, "in_flight_budget_exhausted", 429, "rate_limit_exceeded", 429, "rate_limit_error", 429, "RESOURCE_EXHAUSTED", "IN_FLIGHT_BUDGET_EXHAUSTED" },
        { ProblemCode.RequestExceedsBudget, "request_exceeds_budget", 400, "invalid_request_error", 400, "invalid_request_error", 400, "INVALID_ARGUMENT", "REQUEST_EXCEEDS_BUDGET" },
        { ProblemCode.RateLimitExceeded, "rate_limit_exceeded", 429, "rate_limit_exceeded", 429, "rate_limit_error", 429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED" },
        { ProblemCode.BudgetUnverifiable, "budget_unverifiable", 503, "server_error", 529, "overloaded_error", 503, "UNAVAILABLE", "BUDGET_UNVERIFIABLE" },
        { ProblemCode.Overloaded, "overloaded", 503, "server_error", 529, "overloaded_error", 503, "UNAVAILABLE", "OVERLOADED" },
        { ProblemCode.UpstreamUnreachable, "upstream_unreachable", 502, "server_error", 502, "api_error", 502, "UNAVAILABLE", "UPSTREAM_UNREACHABLE" },
        { ProblemCode.UpstreamCredentialRejected, "upstream_unreachable", 502, "server_error", 502, "api_error", 502, "UNAVAILABLE", "UPSTREAM_UNREACHABLE" },
        { ProblemCode.UpstreamTimeout, "upstream_timeout", 504, "server_error", 504, "api_error", 504, "DEADLINE_EXCEEDED", "UPSTREAM_TIMEOUT" },
        { ProblemCode.UpstreamStreamError, "upstream_stream_error", 502, "server_error", 502, "api_error", 500, "INTERNAL", "UPSTREAM_STREAM_ERROR" },
        { ProblemCode.IdempotencyKeyReuse, "idempotency_key_reuse", 422, "invalid_request_error", 422, "invalid_request_error", 422, "ABORTED", "IDEMPOTENCY_KEY_REUSE" },
        { ProblemCode.IdempotencyInProgress, "idempotency_in_progress", 409, "invalid_request_error", 409, "invalid_request_error", 409, "ABORTED", "IDEMPOTENCY_IN_PROGRESS" },
        { ProblemCode.Internal, "internal", 500, "server_error", 500, "api_error", 500, "INTERNAL", "INTERNAL" },
    };

    [Fact]
    public void The_table_has_every_problem()
    {
        Assert.Equal(Enum.GetValues<ProblemCode>(), Table.Select(row => (ProblemCode)row[0]));
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void Each_family_answers_a_problem_in_its_own_words(
        ProblemCode code, string name, int openAiStatus, string openAiType, int anthropicStatus, string anthropicType, int googleStatus,
        string googleName, string googleReason)
    {
        const string Message = "Wrong \"here\", \u00e9.";
        var problem = new Problem(code, Message, "max_tokens");

        Assert.Equal(openAiStatus, OpenAiProblems.Instance.Status(code));
        Assert.Equal(
            Json(new { error = new { message = Message, type = openAiType, param = "max_tokens", code = name } }),
            Written(OpenAiProblems.Instance, problem));

        Assert.Equal(anthropicStatus, AnthropicProblems.Instance.Status(code));
        Assert.Equal(
            Json(new { type = "error", error = new { type = anthropicType, message = Message, code = name }, request_id = RequestId }),
            Written(AnthropicProblems.Instance, problem));

        Assert.Equal(googleStatus, GeminiProblems.Instance.Status(code));
        var details = new object[] { new Dictionary<string, string> { ["@type"] = "type.googleapis.com/google.rpc.ErrorInfo", ["reason"] = googleReason, ["domain"] = "llmeter" } };
        Assert.Equal(
            Json(new { error = new { code = googleStatus, message = Message, status = googleName, details } }),
            Written(GeminiProblems.Instance, problem));

        Assert.Equal(openAiStatus, OpenRouterProblems.Instance.Status(code));
        Assert.Equal(
            Json(new { error = new { code = openAiStatus, message = Message, metadata = new { code = name, param = "max_tokens" } } }),
            Written(OpenRouterProblems.Instance, problem));
    }

    [Fact]
    public void A_problem_without_a_field_has_a_null_param_and_a_too_large_hold_names_the_output_limit()
    {
        Assert.Contains("\"param\":null", Written(OpenAiProblems.Instance, new Problem(ProblemCode.Internal, "m")), StringComparison.Ordinal);
        Assert.Contains("\"param\":\"max_tokens\"", Written(OpenAiProblems.Instance, new Problem(ProblemCode.RequestExceedsBudget, "m")), StringComparison.Ordinal);
    }

    [Fact]
    public void Google_is_told_when_to_retry_in_its_RetryInfo()
    {
        var written = Written(GeminiProblems.Instance, new Problem(ProblemCode.InFlightBudgetExhausted, "m", RetryAfter: TimeSpan.FromSeconds(1.2)));
        Assert.Contains("{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"2s\"}", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_family_names_the_request_in_its_own_header()
    {
        Assert.Equal("x-request-id", OpenAiProblems.Instance.RequestIdHeader);
        Assert.Equal("request-id", AnthropicProblems.Instance.RequestIdHeader);
        Assert.Null(GeminiProblems.Instance.RequestIdHeader);
    }

    [Theory]
    [InlineData("openai", "/v1/chat/completions", "data: ", "{\"error\":{\"message\":\"M\",\"type\":\"server_error\",\"param\":null,\"code\":\"upstream_stream_error\"}}")]
    [InlineData("openai-compatible", "/v1/chat/completions", "data: ", "{\"error\":{\"message\":\"M\",\"type\":\"server_error\",\"param\":null,\"code\":\"upstream_stream_error\"}}")]
    [InlineData("openrouter", "/api/v1/chat/completions", "data: ", "{\"id\":\"\",\"object\":\"chat.completion.chunk\",\"created\":0,\"model\":\"\",\"error\":{\"code\":502,\"message\":\"M\"},\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}")]
    [InlineData("openrouter", "/api/v1/responses", "data: ", "{\"error\":{\"message\":\"M\",\"type\":\"server_error\",\"param\":null,\"code\":\"upstream_stream_error\"}}")]
    [InlineData("openrouter", "/api/v1/messages", "event: error\ndata: ", "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"M\",\"code\":\"upstream_stream_error\"},\"request_id\":\"" + RequestId + "\"}")]
    [InlineData("anthropic", "/v1/messages", "event: error\ndata: ", "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"M\",\"code\":\"upstream_stream_error\"},\"request_id\":\"" + RequestId + "\"}")]
    [InlineData("gemini", "/v1beta/models/m:streamGenerateContent", "data: ", "{\"error\":{\"code\":500,\"message\":\"M\",\"status\":\"INTERNAL\",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"UPSTREAM_STREAM_ERROR\",\"domain\":\"llmeter\"}]}}")]
    [InlineData("vertex", "/v1/projects/p/locations/l/publishers/anthropic/models/m:streamRawPredict", "event: error\ndata: ", "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"M\",\"code\":\"upstream_stream_error\"},\"request_id\":\"" + RequestId + "\"}")]
    [InlineData("cohere", "/v2/chat", "event: message-end\ndata: ", "{\"type\":\"message-end\",\"delta\":{\"error\":\"M\",\"finish_reason\":\"ERROR\"}}")]
    [InlineData("cohere", "/v1/chat", "event: stream-end\ndata: ", "{\"is_finished\":true,\"event_type\":\"stream-end\",\"finish_reason\":\"ERROR\"}")]
    [InlineData("gemini", "/v1beta/openai/chat/completions", "data: ", "{\"error\":{\"message\":\"M\",\"type\":\"server_error\",\"param\":null,\"code\":\"upstream_stream_error\"}}")]
    [Trait("Acceptance", "T66")]
    public void A_stream_that_dies_ends_in_the_error_event_of_its_route(string kind, string path, string head, string body)
    {
        var text = Encoding.UTF8.GetString(Dialects.Of(kind).StreamErrorEvent(Dialects.Route(kind, path), RequestId).Span);

        Assert.Equal(head + body.Replace("\"M\"", "\"The upstream ended the stream before it was complete.\"", StringComparison.Ordinal) + "\n\n", text);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Cohere_and_Ollama_say_it_in_a_text_with_our_code_beside_it()
    {
        var problem = new Problem(ProblemCode.ModelNotAllowed, "M");
        Assert.Equal("{\"id\":\"" + RequestId + "\",\"message\":\"M\",\"code\":\"model_not_allowed\"}", Written(CohereProblems.Instance, problem));
        Assert.Equal("{\"error\":\"M\",\"code\":\"model_not_allowed\"}", Written(OllamaProblems.Instance, problem));
        Assert.Equal((403, 403), (CohereProblems.Instance.Status(problem.Code), OllamaProblems.Instance.Status(problem.Code)));
    }

    [Theory]
    [InlineData("openrouter", "/api/v1/messages", typeof(AnthropicProblems))]
    [InlineData("openrouter", "/api/v1/responses", typeof(OpenRouterProblems))]
    [InlineData("openrouter", "/api/v1/chat/completions", typeof(OpenRouterProblems))]
    [InlineData("gemini", "/v1beta/openai/embeddings", typeof(OpenAiProblems))]
    [InlineData("gemini", "/v1/models/m:generateContent", typeof(GeminiProblems))]
    [InlineData("anthropic", "/messages", typeof(AnthropicProblems))]
    public void A_refusal_is_in_the_dialect_of_the_route(string kind, string path, Type shape)
    {
        Assert.IsType(shape, Dialects.Of(kind).ProblemsFor(Dialects.Route(kind, path)));
    }

    private static string Json(object value) => JsonSerializer.Serialize(value);

    private static string Written(ProblemShape shape, Problem problem)
    {
        var output = new ArrayBufferWriter<byte>();
        shape.Write(problem, RequestId, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
