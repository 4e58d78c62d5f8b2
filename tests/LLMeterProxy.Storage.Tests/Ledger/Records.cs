using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Storage.Tests.Ledger;

/// <summary>Short forms for usage records.</summary>
internal static class Records
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static UsageRecord Call(
        long? cost = 1_000,
        DateTimeOffset? at = null,
        string tenant = "acme",
        string key = "key_1",
        string provider = "openai",
        string model = "gpt-4o",
        UsageSource source = UsageSource.Reported,
        long output = 20,
        IReadOnlyList<KeyValuePair<string, string>>? tags = null,
        IReadOnlyList<BudgetWindowKey>? budgets = null) => new()
        {
            AttemptId = RequestIdGenerator.At(at ?? Noon).Attempt(1),
            Tenant = tenant,
            KeyId = key,
            Provider = provider,
            Operation = "chat",
            ModelRequested = model,
            Model = model,
            Status = 200,
            Outcome = RequestOutcome.Completed,
            Source = source,
            Usage = new TokenUsage { InputTokens = 100, UncachedInputTokens = 70, CacheReadTokens = 30, OutputTokens = output, ReasoningTokens = 5 },
            Cost = cost is { } nano ? new NanoUsd(nano) : null,
            Billed = cost is { } billed ? new NanoUsd(billed) : null,
            PriceVersion = "2026-11-01",
            Tags = tags ?? [],
            Budgets = budgets ?? [],
            Timings = new RequestTimings(at ?? Noon, 1_000, 200_000, 900_000),
        };

    public static IReadOnlyList<KeyValuePair<string, string>> Tags(params (string Name, string Value)[] tags) =>
        tags.Select(tag => KeyValuePair.Create(tag.Name, tag.Value)).ToList();

    public static UsageQuery Query(
        string? tenant, IReadOnlyList<UsageGroup> groupBy, string zone = "UTC", DateTimeOffset? from = null, DateTimeOffset? to = null, string? after = null, int limit = 1_000) =>
        new(tenant, from ?? Noon.AddDays(-30), to ?? Noon.AddDays(30), groupBy, zone, after, limit);
}
