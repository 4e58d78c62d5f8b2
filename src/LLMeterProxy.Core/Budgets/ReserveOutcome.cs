namespace LLMeterProxy.Core.Budgets;

/// <summary>Why a reservation was granted or refused, in the order of design section 4.</summary>
public enum ReserveOutcome
{
    Granted,

    /// <summary>The hold alone is above the limit: 400 E-TOOBIG$.</summary>
    TooBig,

    /// <summary>Spent and the hold are above the limit: 402 E-CAP.</summary>
    Exhausted,

    /// <summary>Spent, held and the hold are above the limit: 429 E-HELD.</summary>
    InFlight,

    /// <summary>Requests per minute: 429 E-RATE.</summary>
    RequestRate,

    /// <summary>Tokens per minute: 429 E-RATE.</summary>
    TokenRate,

    /// <summary>Concurrent calls: 429 E-RATE.</summary>
    Concurrency,

    /// <summary>The store cannot say: 503 E-UNVER.</summary>
    Unverifiable,
}
