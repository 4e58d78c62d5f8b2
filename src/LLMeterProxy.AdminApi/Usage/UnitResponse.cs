namespace LLMeterProxy.AdminApi.Usage;

/// <summary>A quantity of something billed that is not tokens.</summary>
public sealed record UnitResponse(string Unit, decimal Quantity);
