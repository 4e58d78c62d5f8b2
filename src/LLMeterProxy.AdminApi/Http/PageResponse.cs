namespace LLMeterProxy.AdminApi.Http;

/// <summary>One page of a list.</summary>
/// <param name="Rows">At most as many as the limit.</param>
/// <param name="Next">What to send as <c>cursor</c> for the following page; null at the end.</param>
public sealed record PageResponse<T>(IReadOnlyList<T> Rows, string? Next);
