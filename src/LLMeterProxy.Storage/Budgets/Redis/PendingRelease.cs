using LLMeterProxy.Core.Ids;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <param name="Foreign">The slots beside the tenant's own, as far as they are known.</param>
/// <param name="IsUndone">The call was not admitted, so that not even its request counts.</param>
internal sealed record PendingRelease(string Tenant, RequestId Id, string[] Foreign, bool IsUndone);
