using System.Text.Json;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Ledger;

/// <summary>Reads journalled JSON back. Members that a newer version added are skipped; a newer format is refused.</summary>
internal static class RecordReader
{
    public static UsageRecord ReadRecord(ReadOnlySpan<byte> payload)
    {
        var r = Open(payload);
        string tenant = "", key = "", provider = "", operation = "", modelRequested = "", model = "", priceVersion = "", incarnation = "", prevHash = "";
        string? modelBilled = null, reason = null, tier = null, speed = null, geo = null, responseId = null, endUser = null, previousVersion = null;
        RequestId id = default;
        RequestId? corrects = null;
        var channel = UsageChannel.Proxy;
        var outcome = RequestOutcome.Completed;
        var source = UsageSource.Reported;
        var usage = TokenUsage.None;
        IReadOnlyList<CostLine> lines = [];
        IReadOnlyList<ExtraUsage> extra = [];
        IReadOnlyList<BudgetWindowKey> budgets = [];
        IReadOnlyList<KeyValuePair<string, string>> tags = [];
        IReadOnlyList<string> flags = [];
        NanoUsd? cost = null, billed = null, providerCost = null;
        NanoUsd hold = default;
        bool stream = false;
        int status = 0;
        long chainSeq = 0, startedAt = 0, completed = 0;
        long? dispatched = null, firstByte = null;
        ReadOnlyMemory<byte> raw = default;
        while (r.Read() && r.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref r, RecordNames.Id)) { id = new RequestId(r.GetGuid()); }
            else if (Is(ref r, RecordNames.Tenant)) { tenant = r.GetString()!; }
            else if (Is(ref r, RecordNames.Key)) { key = r.GetString()!; }
            else if (Is(ref r, RecordNames.Provider)) { provider = r.GetString()!; }
            else if (Is(ref r, RecordNames.Operation)) { operation = r.GetString()!; }
            else if (Is(ref r, RecordNames.Channel)) { channel = WireEnums.Channel(r.ValueSpan); }
            else if (Is(ref r, RecordNames.ModelRequested)) { modelRequested = r.GetString()!; }
            else if (Is(ref r, RecordNames.ModelBilled)) { modelBilled = r.GetString(); }
            else if (Is(ref r, RecordNames.Model)) { model = r.GetString()!; }
            else if (Is(ref r, RecordNames.Stream)) { stream = r.GetBoolean(); }
            else if (Is(ref r, RecordNames.Status)) { status = r.GetInt32(); }
            else if (Is(ref r, RecordNames.Outcome)) { outcome = WireEnums.Outcome(r.ValueSpan); }
            else if (Is(ref r, RecordNames.Source)) { source = WireEnums.Source(r.ValueSpan); }
            else if (Is(ref r, RecordNames.Reason)) { reason = r.GetString(); }
            else if (Is(ref r, RecordNames.Usage)) { usage = ReadUsage(ref r); }
            else if (Is(ref r, RecordNames.Lines)) { lines = ReadLines(ref r); }
            else if (Is(ref r, RecordNames.Cost)) { cost = ReadMoney(ref r); }
            else if (Is(ref r, RecordNames.Billed)) { billed = ReadMoney(ref r); }
            else if (Is(ref r, RecordNames.ProviderCost)) { providerCost = ReadMoney(ref r); }
            else if (Is(ref r, RecordNames.PriceVersion)) { priceVersion = r.GetString()!; }
            else if (Is(ref r, RecordNames.Hold)) { hold = new NanoUsd(r.GetInt64()); }
            else if (Is(ref r, RecordNames.Budgets)) { budgets = ReadBudgets(ref r); }
            else if (Is(ref r, RecordNames.ServiceTier)) { tier = r.GetString(); }
            else if (Is(ref r, RecordNames.Speed)) { speed = r.GetString(); }
            else if (Is(ref r, RecordNames.InferenceGeo)) { geo = r.GetString(); }
            else if (Is(ref r, RecordNames.Extra)) { extra = ReadExtra(ref r); }
            else if (Is(ref r, RecordNames.ResponseId)) { responseId = r.GetString(); }
            else if (Is(ref r, RecordNames.EndUser)) { endUser = r.GetString(); }
            else if (Is(ref r, RecordNames.Tags)) { tags = ReadTags(ref r); }
            else if (Is(ref r, RecordNames.Flags)) { flags = ReadStrings(ref r); }
            else if (Is(ref r, RecordNames.StartedAt)) { startedAt = r.GetInt64(); }
            else if (Is(ref r, RecordNames.Dispatched)) { dispatched = r.GetInt64(); }
            else if (Is(ref r, RecordNames.FirstByte)) { firstByte = r.GetInt64(); }
            else if (Is(ref r, RecordNames.Completed)) { completed = r.GetInt64(); }
            else if (Is(ref r, RecordNames.Raw)) { raw = ReadRaw(ref r, payload); }
            else if (Is(ref r, RecordNames.RawText)) { raw = r.GetBytesFromBase64(); }
            else if (Is(ref r, RecordNames.Corrects)) { corrects = new RequestId(r.GetGuid()); }
            else if (Is(ref r, RecordNames.PreviousPriceVersion)) { previousVersion = r.GetString(); }
            else if (Is(ref r, RecordNames.Incarnation)) { incarnation = r.GetString()!; }
            else if (Is(ref r, RecordNames.ChainSeq)) { chainSeq = r.GetInt64(); }
            else if (Is(ref r, RecordNames.PrevHash)) { prevHash = r.GetString()!; }
            else { Skip(ref r); }
        }

        Close(ref r);
        return new UsageRecord
        {
            AttemptId = id,
            Tenant = tenant,
            KeyId = key,
            Provider = provider,
            Operation = operation,
            Channel = channel,
            ModelRequested = modelRequested,
            ModelBilled = modelBilled,
            Model = model,
            Stream = stream,
            Status = status,
            Outcome = outcome,
            Source = source,
            Reason = reason,
            Usage = usage,
            Lines = lines,
            Cost = cost,
            Billed = billed,
            ProviderCost = providerCost,
            PriceVersion = priceVersion,
            Hold = hold,
            Budgets = budgets,
            ServiceTier = tier,
            Speed = speed,
            InferenceGeo = geo,
            Extra = extra,
            ResponseId = responseId,
            EndUser = endUser,
            Tags = tags,
            Flags = flags,
            Timings = new RequestTimings(RecordWriter.Instant(startedAt), dispatched, firstByte, completed),
            RawUsage = raw,
            Corrects = corrects,
            PreviousPriceVersion = previousVersion,
            Incarnation = incarnation,
            ChainSeq = chainSeq,
            PrevHash = prevHash,
        };
    }

    public static UsageIntent ReadIntent(ReadOnlySpan<byte> payload)
    {
        var r = Open(payload);
        string tenant = "", key = "", provider = "", operation = "", modelRequested = "", model = "", priceVersion = "";
        string? endUser = null;
        RequestId id = default;
        IReadOnlyList<BudgetWindowKey> budgets = [];
        IReadOnlyList<KeyValuePair<string, string>> tags = [];
        NanoUsd hold = default;
        bool stream = false, strict = false;
        long bound = 0, dispatchedAt = 0;
        decimal? inputPrice = null, outputPrice = null;
        while (r.Read() && r.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref r, RecordNames.Id)) { id = new RequestId(r.GetGuid()); }
            else if (Is(ref r, RecordNames.Tenant)) { tenant = r.GetString()!; }
            else if (Is(ref r, RecordNames.Key)) { key = r.GetString()!; }
            else if (Is(ref r, RecordNames.Provider)) { provider = r.GetString()!; }
            else if (Is(ref r, RecordNames.Operation)) { operation = r.GetString()!; }
            else if (Is(ref r, RecordNames.ModelRequested)) { modelRequested = r.GetString()!; }
            else if (Is(ref r, RecordNames.Model)) { model = r.GetString()!; }
            else if (Is(ref r, RecordNames.Stream)) { stream = r.GetBoolean(); }
            else if (Is(ref r, RecordNames.Hold)) { hold = new NanoUsd(r.GetInt64()); }
            else if (Is(ref r, RecordNames.Strict)) { strict = r.GetBoolean(); }
            else if (Is(ref r, RecordNames.InputTokensBound)) { bound = r.GetInt64(); }
            else if (Is(ref r, RecordNames.InputPrice)) { inputPrice = r.GetDecimal(); }
            else if (Is(ref r, RecordNames.OutputPrice)) { outputPrice = r.GetDecimal(); }
            else if (Is(ref r, RecordNames.Budgets)) { budgets = ReadBudgets(ref r); }
            else if (Is(ref r, RecordNames.PriceVersion)) { priceVersion = r.GetString()!; }
            else if (Is(ref r, RecordNames.EndUser)) { endUser = r.GetString(); }
            else if (Is(ref r, RecordNames.Tags)) { tags = ReadTags(ref r); }
            else if (Is(ref r, RecordNames.DispatchedAt)) { dispatchedAt = r.GetInt64(); }
            else { Skip(ref r); }
        }

        Close(ref r);
        return new UsageIntent
        {
            AttemptId = id,
            Tenant = tenant,
            KeyId = key,
            Provider = provider,
            Operation = operation,
            ModelRequested = modelRequested,
            Model = model,
            Stream = stream,
            Hold = hold,
            Strict = strict,
            InputTokensBound = bound,
            InputPrice = inputPrice,
            OutputPrice = outputPrice,
            Budgets = budgets,
            PriceVersion = priceVersion,
            EndUser = endUser,
            Tags = tags,
            DispatchedAt = RecordWriter.Instant(dispatchedAt),
        };
    }

    private static Utf8JsonReader Open(ReadOnlySpan<byte> payload)
    {
        var r = new Utf8JsonReader(payload);
        if (!r.Read() || r.TokenType != JsonTokenType.StartObject || !r.Read() || !Is(ref r, RecordNames.Format) || r.GetInt32() != UsageRecordCodec.Format)
        {
            throw new FormatException("The journal entry has a format that this version does not know.");
        }

        return r;
    }

    /// <summary>A loop over members ends at whatever is no member: only the end of the whole object says that all was understood.</summary>
    private static void Close(ref Utf8JsonReader r)
    {
        if (r.TokenType != JsonTokenType.EndObject || r.CurrentDepth != 0 || r.Read())
        {
            throw new FormatException("The journal entry has a form that this version does not know.");
        }
    }

    /// <summary>Compares the name and, where it is the one, moves on to its value.</summary>
    private static bool Is(ref Utf8JsonReader r, JsonEncodedText name) => r.ValueTextEquals(name.EncodedUtf8Bytes) && r.Read();

    private static void Skip(ref Utf8JsonReader r)
    {
        r.Read();
        r.Skip();
    }

    private static NanoUsd? ReadMoney(ref Utf8JsonReader r) => r.TokenType == JsonTokenType.Null ? null : new NanoUsd(r.GetInt64());

    private static TokenUsage ReadUsage(ref Utf8JsonReader r)
    {
        long input = 0, uncached = 0, read = 0, write5m = 0, write1h = 0, output = 0, reasoning = 0;
        long audioIn = 0, audioRead = 0, audioOut = 0, imageIn = 0, imageOut = 0, largestRun = 0;
        IReadOnlyList<UnitCount> units = [];
        while (r.Read() && r.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref r, RecordNames.Input)) { input = r.GetInt64(); }
            else if (Is(ref r, RecordNames.Uncached)) { uncached = r.GetInt64(); }
            else if (Is(ref r, RecordNames.Output)) { output = r.GetInt64(); }
            else if (Is(ref r, RecordNames.CacheRead)) { read = r.GetInt64(); }
            else if (Is(ref r, RecordNames.CacheWrite5m)) { write5m = r.GetInt64(); }
            else if (Is(ref r, RecordNames.CacheWrite1h)) { write1h = r.GetInt64(); }
            else if (Is(ref r, RecordNames.Reasoning)) { reasoning = r.GetInt64(); }
            else if (Is(ref r, RecordNames.AudioInput)) { audioIn = r.GetInt64(); }
            else if (Is(ref r, RecordNames.AudioCacheRead)) { audioRead = r.GetInt64(); }
            else if (Is(ref r, RecordNames.AudioOutput)) { audioOut = r.GetInt64(); }
            else if (Is(ref r, RecordNames.ImageInput)) { imageIn = r.GetInt64(); }
            else if (Is(ref r, RecordNames.ImageOutput)) { imageOut = r.GetInt64(); }
            else if (Is(ref r, RecordNames.LargestRunInput)) { largestRun = r.GetInt64(); }
            else if (Is(ref r, RecordNames.Units)) { units = ReadUnits(ref r); }
            else { Skip(ref r); }
        }

        return new TokenUsage
        {
            InputTokens = input,
            UncachedInputTokens = uncached,
            CacheReadTokens = read,
            CacheWrite5mTokens = write5m,
            CacheWrite1hTokens = write1h,
            OutputTokens = output,
            ReasoningTokens = reasoning,
            AudioInputTokens = audioIn,
            AudioCacheReadTokens = audioRead,
            AudioOutputTokens = audioOut,
            ImageInputTokens = imageIn,
            ImageOutputTokens = imageOut,
            LargestRunInputTokens = largestRun,
            Units = units,
        };
    }

    private static List<UnitCount> ReadUnits(ref Utf8JsonReader r)
    {
        var units = new List<UnitCount>();
        while (r.Read() && r.TokenType == JsonTokenType.StartArray)
        {
            r.Read();
            var unit = r.GetString()!;
            r.Read();
            units.Add(new UnitCount(unit, r.GetDecimal()));
            r.Read();
        }

        return units;
    }

    private static List<ExtraUsage> ReadExtra(ref Utf8JsonReader r)
    {
        var extra = new List<ExtraUsage>();
        while (r.Read() && r.TokenType == JsonTokenType.StartObject)
        {
            var kind = "";
            string? model = null;
            var usage = TokenUsage.None;
            while (r.Read() && r.TokenType == JsonTokenType.PropertyName)
            {
                if (Is(ref r, RecordNames.Kind)) { kind = r.GetString()!; }
                else if (Is(ref r, RecordNames.Model)) { model = r.GetString(); }
                else if (Is(ref r, RecordNames.Usage)) { usage = ReadUsage(ref r); }
                else { Skip(ref r); }
            }

            extra.Add(new ExtraUsage(kind, model, usage));
        }

        return extra;
    }

    private static List<CostLine> ReadLines(ref Utf8JsonReader r)
    {
        var lines = new List<CostLine>();
        while (r.Read() && r.TokenType == JsonTokenType.StartArray)
        {
            r.Read();
            var unit = r.GetString()!;
            r.Read();
            var quantity = r.GetDecimal();
            r.Read();
            var price = r.GetDecimal();
            r.Read();
            var cost = new NanoUsd(r.GetInt64());
            r.Read();
            string? model = null;
            if (r.TokenType == JsonTokenType.String)
            {
                model = r.GetString();
                r.Read();
            }

            lines.Add(new CostLine(unit, quantity, price, cost, model));
        }

        return lines;
    }

    private static List<BudgetWindowKey> ReadBudgets(ref Utf8JsonReader r)
    {
        var budgets = new List<BudgetWindowKey>();
        while (r.Read() && r.TokenType == JsonTokenType.StartArray)
        {
            r.Read();
            var slot = r.GetString()!;
            r.Read();
            var budget = r.GetString()!;
            r.Read();
            budgets.Add(new BudgetWindowKey(slot, budget, r.GetString()!));
            r.Read();
        }

        return budgets;
    }

    private static List<KeyValuePair<string, string>> ReadTags(ref Utf8JsonReader r)
    {
        var tags = new List<KeyValuePair<string, string>>();
        while (r.Read() && r.TokenType == JsonTokenType.PropertyName)
        {
            var name = r.GetString()!;
            r.Read();
            tags.Add(new(name, r.GetString()!));
        }

        return tags;
    }

    private static List<string> ReadStrings(ref Utf8JsonReader r)
    {
        var strings = new List<string>();
        while (r.Read() && r.TokenType == JsonTokenType.String)
        {
            strings.Add(r.GetString()!);
        }

        return strings;
    }

    private static byte[] ReadRaw(ref Utf8JsonReader r, ReadOnlySpan<byte> payload)
    {
        var start = (int)r.TokenStartIndex;
        r.Skip();
        return payload[start..(int)r.BytesConsumed].ToArray();
    }
}
