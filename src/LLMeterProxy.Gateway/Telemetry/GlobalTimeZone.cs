namespace LLMeterProxy.Gateway.Telemetry;

/// <summary>The zone of global budgets.</summary>
/// <param name="Id">IANA id.</param>
public sealed record GlobalTimeZone(string Id);
