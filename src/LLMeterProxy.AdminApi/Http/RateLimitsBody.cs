using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.AdminApi.Http;

/// <summary>Rate limits; an absent one does not limit, 0 allows nothing.</summary>
/// <param name="RequestsPerMinute">Requests in a minute, with a burst of a sixth of it.</param>
/// <param name="TokensPerMinute">Input and output tokens in a minute.</param>
/// <param name="Concurrent">Calls in flight.</param>
public sealed record RateLimitsBody(long? RequestsPerMinute = null, long? TokensPerMinute = null, long? Concurrent = null)
{
    internal static RateLimitsBody Of(RateLimits limits) => new(limits.RequestsPerMinute, limits.TokensPerMinute, limits.Concurrent);
}
