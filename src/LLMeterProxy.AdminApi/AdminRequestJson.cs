using System.Text.Json.Serialization;
using LLMeterProxy.AdminApi.Budgets;
using LLMeterProxy.AdminApi.Keys;
using LLMeterProxy.AdminApi.Repricing;
using LLMeterProxy.AdminApi.Tenants;

namespace LLMeterProxy.AdminApi;

/// <summary>The requests: unknown fields are errors, absent and null are the same, and null is not written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TenantBody))]
[JsonSerializable(typeof(KeyBody))]
[JsonSerializable(typeof(RotateBody))]
[JsonSerializable(typeof(BudgetBody))]
[JsonSerializable(typeof(RepriceBody))]
public sealed partial class AdminRequestJson : JsonSerializerContext;
