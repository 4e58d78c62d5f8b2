using System.Text;
using CsCheck;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Tests.Ledger;

/// <summary>Random records and intents with every field set now and then, and with texts that are awkward in JSON.</summary>
internal static class LedgerGen
{
    private static readonly string[] _awkward =
    [
        "", " ", "gpt-4.1", "\"", "\\", "\\u0022", "a\nb\r\t\0\u001f", "</script>&amp;'+", "Ångström", "日本語", "👩‍👩‍👧‍👦", "\u2028\u2029\ufeff", "\ufffd", "{\"v\":2}",
    ];

    private static readonly string[] _rawJson =
    [
        "", "{}", "null", "17", "\"text\"", "[]", "{\"prompt_tokens\":12,\"x\":{\"y\":[1,2.50,-3e7]}}", "{ \"a\" :\n\t1 }", "{\"a\":1,\"a\":2}", "{\"k\":\"\\ud800 \\u0000 é\"}",
    ];

    private static readonly Gen<string> _text = Gen.Frequency(
        (3, Gen.Int[0, _awkward.Length - 1].Select(i => _awkward[i])),
        (2, Gen.String[Gen.Char['\0', '\ud7ff'], 0, 40]));

    private static readonly Gen<string?> _maybeText = Gen.Frequency((1, Gen.Const((string?)null)), (3, _text.Select(t => (string?)t)));

    private static readonly Gen<long> _count = Gen.Frequency((2, Gen.Const(0L)), (4, Gen.Long[0, 1_000_000]), (1, Gen.Long), (1, Gen.Const(long.MaxValue)));

    private static readonly Gen<NanoUsd> _money = _count.Select(v => new NanoUsd(v));

    private static readonly Gen<NanoUsd?> _maybeMoney = Gen.Frequency((1, Gen.Const((NanoUsd?)null)), (3, _money.Select(m => (NanoUsd?)m)));

    private static readonly Gen<long?> _maybeCount = Gen.Frequency((1, Gen.Const((long?)null)), (2, _count.Select(c => (long?)c)));

    private static readonly Gen<decimal> _decimal = Gen.Frequency(
        (1, Gen.Const(0m)), (1, Gen.Const(0.5000m)), (1, Gen.Const(decimal.MaxValue)), (1, Gen.Const(0.0000000000000000000000000001m)), (3, Gen.Int.Select(i => i / 1000m)));

    private static readonly Gen<DateTimeOffset> _instant =
        Gen.Long[0, 4_000_000_000_000_000].Select(micros => DateTimeOffset.UnixEpoch.AddTicks(micros * 10));

    private static readonly Gen<RequestId> _id = Gen.Guid.Select(g => new RequestId(g));

    private static readonly Gen<List<KeyValuePair<string, string>>> _tags =
        Gen.Select(_text, _text).Select((name, value) => new KeyValuePair<string, string>(name, value)).List[0, 3];

    private static readonly Gen<List<BudgetWindowKey>> _budgets =
        Gen.Select(_text, _text, _text).Select((slot, budget, window) => new BudgetWindowKey(slot, budget, window)).List[0, 3];

    private static readonly Gen<List<CostLine>> _lines =
        (from unit in _text
         from quantity in _decimal
         from price in _decimal
         from cost in _money
         from model in _maybeText
         select new CostLine(unit, quantity, price, cost, model)).List[0, 4];

    private static readonly Gen<TokenUsage> _usage =
        from input in Gen.Select(_count, _count, _count, _count, _count)
        from output in Gen.Select(_count, _count)
        from rest in Gen.Select(_count, _count, _count, _count, _count)
        from units in Gen.Select(_text, _decimal).Select((unit, quantity) => new UnitCount(unit, quantity)).List[0, 3]
        select new TokenUsage
        {
            InputTokens = input.Item1,
            UncachedInputTokens = input.Item2,
            CacheReadTokens = input.Item3,
            CacheWrite5mTokens = input.Item4,
            CacheWrite1hTokens = input.Item5,
            OutputTokens = output.Item1,
            ReasoningTokens = output.Item2,
            AudioInputTokens = rest.Item1,
            AudioCacheReadTokens = rest.Item2,
            AudioOutputTokens = rest.Item3,
            ImageInputTokens = rest.Item4,
            ImageOutputTokens = rest.Item5,
            LargestRunInputTokens = rest.Item1,
            Units = units,
        };

    /// <summary>JSON, text that is none, and bytes that are not even UTF-8.</summary>
    public static readonly Gen<byte[]> Raw = Gen.Frequency(
        (3, Gen.Int[0, _rawJson.Length - 1].Select(i => Encoding.UTF8.GetBytes(_rawJson[i]))),
        (1, _text.Select(Encoding.UTF8.GetBytes)),
        (1, Gen.Byte.Array[0, 30]),
        (1, Gen.Byte.Array[0, 10].Select(b => (byte[])[.. "{\"a\":\""u8, .. b, .. "\"}"u8])));

    private static readonly Gen<List<ExtraUsage>> _extra =
        Gen.Select(_text, _maybeText, _usage).Select((kind, model, usage) => new ExtraUsage(kind, model, usage)).List[0, 2];

    public static readonly Gen<UsageRecord> Record =
        from id in _id
        from names in Gen.Select(_text, _text, _text, _text)
        from models in Gen.Select(_text, _maybeText, _text)
        from state in Gen.Select(Gen.Bool, Gen.Int, Gen.Enum<RequestOutcome>(), Gen.Enum<UsageSource>(), Gen.Enum<UsageChannel>())
        from usage in _usage
        from lines in _lines
        from money in Gen.Select(_maybeMoney, _maybeMoney, _maybeMoney, _money)
        from budgets in _budgets
        from maybe in Gen.Select(_maybeText, _maybeText, _maybeText, _maybeText, _maybeText, _maybeText, _maybeText)
        from extra in _extra
        from tags in _tags
        from flags in _text.List[0, 3]
        from times in Gen.Select(_instant, _maybeCount, _maybeCount, _count)
        from raw in Raw
        from corrects in Gen.Frequency((2, Gen.Const((RequestId?)null)), (1, _id.Select(i => (RequestId?)i)))
        from chain in Gen.Select(_count, Gen.Byte.Array[32].Select(Convert.ToHexStringLower), Gen.Int[1, 1000])
        select new UsageRecord
        {
            AttemptId = id,
            Tenant = names.Item1,
            KeyId = names.Item2,
            Provider = names.Item3,
            Operation = names.Item4,
            Channel = state.Item5,
            ModelRequested = models.Item1,
            ModelBilled = models.Item2,
            Model = models.Item3,
            Stream = state.Item1,
            Status = state.Item2,
            Outcome = state.Item3,
            Source = state.Item4,
            Reason = maybe.Item1,
            Usage = usage,
            Lines = lines,
            Cost = money.Item1,
            Billed = money.Item2,
            ProviderCost = money.Item3,
            PriceVersion = names.Item2,
            Hold = money.Item4,
            Budgets = budgets,
            ServiceTier = maybe.Item2,
            Speed = maybe.Item5,
            InferenceGeo = maybe.Item6,
            Extra = extra,
            PreviousPriceVersion = maybe.Item7,
            ResponseId = maybe.Item3,
            EndUser = maybe.Item4,
            Tags = tags,
            Flags = flags,
            Timings = new RequestTimings(times.Item1, times.Item2, times.Item3, times.Item4),
            RawUsage = raw,
            Corrects = corrects,
            Incarnation = $"0198c6b0d1e27c3f9a4b5c6d7e8f9012-{chain.Item3}",
            ChainSeq = chain.Item1,
            PrevHash = chain.Item2,
        };

    public static readonly Gen<UsageIntent> Intent =
        from id in _id
        from names in Gen.Select(_text, _text, _text, _text)
        from models in Gen.Select(_text, _text)
        from state in Gen.Select(Gen.Bool, Gen.Bool)
        from money in Gen.Select(_money, _count)
        from prices in Gen.Select(Gen.Bool, _decimal, _decimal)
        from budgets in _budgets
        from user in _maybeText
        from tags in _tags
        from at in _instant
        select new UsageIntent
        {
            AttemptId = id,
            Tenant = names.Item1,
            KeyId = names.Item2,
            Provider = names.Item3,
            Operation = names.Item4,
            ModelRequested = models.Item1,
            Model = models.Item2,
            Stream = state.Item1,
            Hold = money.Item1,
            Strict = state.Item2,
            InputTokensBound = money.Item2,
            InputPrice = prices.Item1 ? prices.Item2 : null,
            OutputPrice = prices.Item1 ? prices.Item3 : null,
            Budgets = budgets,
            PriceVersion = names.Item1,
            EndUser = user,
            Tags = tags,
            DispatchedAt = at,
        };
}
