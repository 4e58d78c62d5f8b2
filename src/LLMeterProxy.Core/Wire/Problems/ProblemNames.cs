namespace LLMeterProxy.Core.Wire.Problems;

/// <summary>The stable code of each problem and whether a retry can help: one table for every family.</summary>
internal static class ProblemNames
{
    public static string Of(ProblemCode code) => code switch
    {
        ProblemCode.InvalidApiKey => "invalid_api_key",
        ProblemCode.AmbiguousCredentials => "ambiguous_credentials",
        ProblemCode.ModelNotAllowed => "model_not_allowed",
        ProblemCode.EndpointNotAllowed => "endpoint_not_allowed",
        ProblemCode.FeatureNotAllowed => "feature_not_allowed",
        ProblemCode.EndpointNotMetered => "endpoint_not_metered",
        ProblemCode.UnknownUrl => "unknown_url",
        ProblemCode.MethodNotAllowed => "method_not_allowed",
        ProblemCode.InvalidJson => "invalid_json",
        ProblemCode.DuplicateProperty => "duplicate_property",
        ProblemCode.MissingModel => "missing_model",
        ProblemCode.ConflictingModel => "conflicting_model",
        ProblemCode.InvalidValue => "invalid_value",
        ProblemCode.AmbiguousFraming => "ambiguous_framing",
        ProblemCode.UnsupportedMediaType => "unsupported_media_type",
        ProblemCode.RequestTooLarge => "request_too_large",
        ProblemCode.RequestTimeout => "request_timeout",
        ProblemCode.ModelNotPriced => "model_not_priced",
        ProblemCode.CapExhausted => "project_spend_limit_exceeded",
        ProblemCode.InFlightBudgetExhausted => "in_flight_budget_exhausted",
        ProblemCode.RequestExceedsBudget => "request_exceeds_budget",
        ProblemCode.RateLimitExceeded => "rate_limit_exceeded",
        ProblemCode.BudgetUnverifiable => "budget_unverifiable",
        ProblemCode.Overloaded => "overloaded",
        ProblemCode.UpstreamUnreachable => "upstream_unreachable",
        ProblemCode.UpstreamCredentialRejected => "upstream_unreachable",
        ProblemCode.UpstreamTimeout => "upstream_timeout",
        ProblemCode.UpstreamStreamError => "upstream_stream_error",
        ProblemCode.IdempotencyKeyReuse => "idempotency_key_reuse",
        ProblemCode.IdempotencyInProgress => "idempotency_in_progress",
        _ => "internal",
    };

    // Retried by SDKs on their status alone: 402 is not, 408/409/429/5xx are.
    public static bool IsFinal(ProblemCode code) => code switch
    {
        ProblemCode.InFlightBudgetExhausted or ProblemCode.RateLimitExceeded or ProblemCode.BudgetUnverifiable
            or ProblemCode.Overloaded or ProblemCode.UpstreamUnreachable or ProblemCode.IdempotencyInProgress
            or ProblemCode.RequestTimeout => false,
        _ => true,
    };
}
