namespace LLMeterProxy.AdminApi.Service;

/// <summary>What answers at <c>/</c>; names no tenant.</summary>
public sealed record ServiceResponse(string Name, string Description, string Version, ServiceLinks Links);
