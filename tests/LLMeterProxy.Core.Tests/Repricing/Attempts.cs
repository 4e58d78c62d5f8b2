using CsCheck;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Repricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Tests.Repricing;

/// <summary>Records as a gateway makes them: priced by a book when they were written, and read back from their bytes.</summary>
internal static class Attempts
{
    public static readonly PriceListPricing Provider = new("list", PreferProviderCost: false);

    private static readonly DateTimeOffset _start = new(2026, 6, 14, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<long> _count = Gen.Frequency((1, Gen.Const(0L)), (4, Gen.Long[0, 5_000]), (1, Gen.Long[0, 2_000_000]));

    private static readonly Gen<TokenUsage> _usage =
        from input in Gen.Select(_count, _count)
        from output in Gen.Select(_count, _count)
        from searches in Gen.Int[0, 2]
        select new TokenUsage
        {
            InputTokens = input.Item1 + input.Item2,
            UncachedInputTokens = input.Item1,
            CacheReadTokens = input.Item2,
            OutputTokens = output.Item1 + output.Item2,
            ReasoningTokens = output.Item2,
            Units = searches == 0 ? [] : [new UnitCount(UnitNames.WebSearch, searches)],
        };

    private static readonly Gen<List<ExtraUsage>> _extra =
        Gen.Select(OneOf(null, "alpha", "beta", "gamma"), _usage).Select((model, usage) => new ExtraUsage("advisor_message", model, usage)).List[0, 1];

    /// <summary>Without a cost.</summary>
    private static readonly Gen<UsageRecord> _unpriced =
        from usage in _usage
        from extra in _extra
        from facts in Gen.Select(OneOf(null, "default", "flex", "scale"), OneOf(null, "fast", "standard"), OneOf(null, "us", "global"))
        from names in Gen.Select(OneOf("alpha", "alpha", "beta", "gamma"), OneOf(null, "alpha", "alpha-2026-01-01", "gamma"))
        from source in OneOf(UsageSource.Reported, UsageSource.Estimated, UsageSource.Partial)
        from at in Gen.Select(Gen.Long[0, 2 * 86_400_000_000L], Gen.Long[0, 3_000_000])
        from money in Gen.Select(Gen.Long[0, 100_000_000], Gen.Frequency((2, Gen.Const((long?)null)), (1, Gen.Long[0, 1_000_000].Select(v => (long?)v))))
        from invalid in Gen.Frequency((5, Gen.Const(false)), (1, Gen.Const(true)))
        select new UsageRecord
        {
            AttemptId = RequestIdGenerator.At(_start.AddTicks(at.Item1 * 10)).Attempt(1),
            Tenant = "acme",
            KeyId = "key_1",
            Provider = "p",
            Operation = "chat",
            ModelRequested = names.Item1!,
            ModelBilled = names.Item2,
            Model = names.Item1!,
            Status = 200,
            Outcome = RequestOutcome.Completed,
            Source = source,
            Usage = usage,
            Extra = extra,
            ServiceTier = facts.Item1,
            Speed = facts.Item2,
            InferenceGeo = facts.Item3,
            ProviderCost = money.Item2 is { } stated ? new NanoUsd(stated) : null,
            PriceVersion = "",
            Hold = new NanoUsd(money.Item1),
            Budgets = [new BudgetWindowKey("acme", "bud_1", "total")],
            Tags = [new("team", "blue")],
            EndUser = "u1",
            Flags = invalid ? [UsageFlags.UsageInvalid] : [],
            Timings = new RequestTimings(_start.AddTicks(at.Item1 * 10), at.Item2, null, at.Item2 + 10),
        };

    /// <summary>A record and the book that priced it.</summary>
    public static readonly Gen<(UsageRecord Record, PriceBook Book, PriceListPricing Provider)> Priced =
        from record in _unpriced
        from book in Books.Any
        from prefers in Gen.Bool
        select (Write(record, book, Provider with { PreferProviderCost = prefers }), book, Provider with { PreferProviderCost = prefers });

    /// <summary>Charges a record by a book, and reads it back from its bytes.</summary>
    public static UsageRecord Write(UsageRecord record, PriceBook book, PriceListPricing provider)
    {
        var report = new UsageReport
        {
            Usage = record.Usage,
            Model = record.ModelBilled,
            ServiceTier = record.ServiceTier,
            Speed = record.Speed,
            InferenceGeo = record.InferenceGeo,
            ProviderCost = record.ProviderCost,
            Extra = record.Extra,
        };
        var model = BilledModel.Find(book, provider, report.Model, record.ModelRequested, provider.Resolve(book, record.ModelRequested));
        var cost = Pricer.Price(book, model, report, record.Timings.DispatchInstant(), provider.PreferProviderCost);
        if (record.Flags.Contains(UsageFlags.UsageInvalid))
        {
            cost = HoldCharge.AtLeast(cost, record.Hold);
        }

        return UsageRecordCodec.Decode(UsageRecordCodec.Encode(record with
        {
            Lines = cost.Lines,
            Cost = cost.Total,
            Billed = cost.Total,
            PriceVersion = book.Version,
            Flags = [.. record.Flags, .. cost.Flags],
        }));
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
