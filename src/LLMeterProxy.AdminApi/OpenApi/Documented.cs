namespace LLMeterProxy.AdminApi.OpenApi;

/// <summary>Marks an endpoint that belongs into the OpenAPI document.</summary>
internal sealed record Documented;
