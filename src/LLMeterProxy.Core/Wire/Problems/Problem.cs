namespace LLMeterProxy.Core.Wire.Problems;

/// <summary>A refusal on its way to the client. The message never holds a key, a query, an upstream body or another tenant's name (A70, A77).</summary>
/// <param name="Message">One or two sentences: what is wrong and what to do.</param>
/// <param name="Param">The field at fault; null where there is none.</param>
/// <param name="RetryAfter">Only where a retry can help.</param>
/// <param name="ResetsAt">For E-CAP: when the window ends, UTC; null for <c>total</c>.</param>
/// <param name="Allow">For 405: the methods that the path knows.</param>
public sealed record Problem(
    ProblemCode Code,
    string Message,
    string? Param = null,
    TimeSpan? RetryAfter = null,
    DateTimeOffset? ResetsAt = null,
    string? Allow = null);
