namespace LLMeterProxy.AdminApi.Service;

/// <summary>Where to go on from <c>/</c>.</summary>
public sealed record ServiceLinks(string Api, string OpenApi, string Metrics, string Health, string Ready);
