namespace LLMeterProxy.AdminApi.Service;

/// <param name="Status"><c>ok</c>, <c>ready</c> or <c>not_ready</c>.</param>
/// <param name="Reason">A stable code; null where there is nothing to say.</param>
public sealed record HealthResponse(string Status, string? Reason);
