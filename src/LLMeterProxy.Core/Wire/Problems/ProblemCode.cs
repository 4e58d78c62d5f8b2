namespace LLMeterProxy.Core.Wire.Problems;

/// <summary>Every refusal and failure that the gateway itself answers with. The E-codes of the error contract are named beside each.</summary>
public enum ProblemCode
{
    /// <summary>E-AUTH</summary>
    InvalidApiKey,

    /// <summary>E-AMBIG</summary>
    AmbiguousCredentials,

    /// <summary>E-PERM</summary>
    ModelNotAllowed,

    /// <summary>E-PERM</summary>
    EndpointNotAllowed,

    /// <summary>E-PERM</summary>
    FeatureNotAllowed,

    /// <summary>E-PERM (T52)</summary>
    EndpointNotMetered,

    /// <summary>E-ROUTE 404</summary>
    UnknownUrl,

    /// <summary>E-ROUTE 405</summary>
    MethodNotAllowed,

    /// <summary>E-BAD</summary>
    InvalidJson,

    /// <summary>E-BAD (T36, T37)</summary>
    DuplicateProperty,

    /// <summary>E-BAD</summary>
    MissingModel,

    /// <summary>E-BAD (T33)</summary>
    ConflictingModel,

    /// <summary>E-BAD (T43)</summary>
    InvalidValue,

    /// <summary>E-BAD: framing, headers</summary>
    AmbiguousFraming,

    /// <summary>E-BAD 415 (T57, T58)</summary>
    UnsupportedMediaType,

    /// <summary>E-BIG 413</summary>
    RequestTooLarge,

    /// <summary>E-BIG 408: the body did not come in time (T17)</summary>
    RequestTimeout,

    /// <summary>E-PRICE</summary>
    ModelNotPriced,

    /// <summary>E-CAP</summary>
    CapExhausted,

    /// <summary>E-HELD</summary>
    InFlightBudgetExhausted,

    /// <summary>E-TOOBIG$</summary>
    RequestExceedsBudget,

    /// <summary>E-RATE</summary>
    RateLimitExceeded,

    /// <summary>E-UNVER</summary>
    BudgetUnverifiable,

    /// <summary>E-LOAD</summary>
    Overloaded,

    /// <summary>E-UP</summary>
    UpstreamUnreachable,

    /// <summary>E-UP: the upstream refused our credential (T75)</summary>
    UpstreamCredentialRejected,

    /// <summary>E-UPTO</summary>
    UpstreamTimeout,

    /// <summary>E-MID</summary>
    UpstreamStreamError,

    /// <summary>E-IDEM 422</summary>
    IdempotencyKeyReuse,

    /// <summary>E-IDEM 409</summary>
    IdempotencyInProgress,

    /// <summary>E-INT</summary>
    Internal,
}
