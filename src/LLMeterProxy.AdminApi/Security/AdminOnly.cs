namespace LLMeterProxy.AdminApi.Security;

/// <summary>Marks an endpoint that needs the admin token; the OpenAPI document is made from it.</summary>
internal sealed record AdminOnly;
