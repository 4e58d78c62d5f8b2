using System.Text.Json.Serialization;
using LLMeterProxy.AdminApi.Audit;
using LLMeterProxy.AdminApi.Budgets;
using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.AdminApi.Keys;
using LLMeterProxy.AdminApi.Prices;
using LLMeterProxy.AdminApi.Repricing;
using LLMeterProxy.AdminApi.Service;
using LLMeterProxy.AdminApi.Tenants;
using LLMeterProxy.AdminApi.Usage;

namespace LLMeterProxy.AdminApi;

/// <summary>The answers, in both directions: the command line reads with it what the API writes with it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProblemResponse))]
[JsonSerializable(typeof(TenantResponse))]
[JsonSerializable(typeof(PageResponse<TenantResponse>))]
[JsonSerializable(typeof(KeyResponse))]
[JsonSerializable(typeof(PageResponse<KeyResponse>))]
[JsonSerializable(typeof(BudgetResponse))]
[JsonSerializable(typeof(IReadOnlyList<BudgetResponse>))]
[JsonSerializable(typeof(PageResponse<UsageRowResponse>))]
[JsonSerializable(typeof(RecordResponse))]
[JsonSerializable(typeof(PageResponse<RecordResponse>))]
[JsonSerializable(typeof(PricesResponse))]
[JsonSerializable(typeof(RepriceResponse))]
[JsonSerializable(typeof(RepriceAudit))]
[JsonSerializable(typeof(PageResponse<AuditEntryResponse>))]
[JsonSerializable(typeof(ServiceResponse))]
[JsonSerializable(typeof(HealthResponse))]
public sealed partial class AdminJson : JsonSerializerContext;
