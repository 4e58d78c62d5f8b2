using System.Buffers;
using System.Text.Json;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Ledger;

/// <summary>The JSON parts that intents and records share, and a per-thread writer, so that a request allocates neither buffer nor writer.</summary>
internal static class RecordWriter
{
    // One level less than a reader's default limit, because the record around it is a level of its own.
    private const int MaxRawDepth = 63;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>This thread's writer, reset, over this thread's buffer, cleared. The bytes are valid until the next rent.</summary>
    public static Utf8JsonWriter Rent(out ArrayBufferWriter<byte> buffer)
    {
        buffer = _buffer ??= new ArrayBufferWriter<byte>(4096);
        buffer.ResetWrittenCount();
        if (_writer is null)
        {
            _writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        }
        else
        {
            _writer.Reset(buffer);
        }

        return _writer;
    }

    public static long Micros(DateTimeOffset instant) => (instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Instant(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    public static void WriteOptional(Utf8JsonWriter json, JsonEncodedText name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    public static void WriteMoney(Utf8JsonWriter json, JsonEncodedText name, NanoUsd? amount)
    {
        if (amount is { } known)
        {
            json.WriteNumber(name, known.Value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    public static void WriteBudgets(Utf8JsonWriter json, IReadOnlyList<BudgetWindowKey> budgets)
    {
        json.WriteStartArray(RecordNames.Budgets);
        for (var i = 0; i < budgets.Count; i++)
        {
            json.WriteStartArray();
            json.WriteStringValue(budgets[i].Slot);
            json.WriteStringValue(budgets[i].BudgetId);
            json.WriteStringValue(budgets[i].WindowId);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    public static void WriteTags(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        if (tags.Count == 0)
        {
            return;
        }

        json.WriteStartObject(RecordNames.Tags);
        for (var i = 0; i < tags.Count; i++)
        {
            json.WriteString(tags[i].Key, tags[i].Value);
        }

        json.WriteEndObject();
    }

    public static void WriteUsage(Utf8JsonWriter json, TokenUsage usage)
    {
        json.WriteStartObject(RecordNames.Usage);
        json.WriteNumber(RecordNames.Input, usage.InputTokens);
        json.WriteNumber(RecordNames.Uncached, usage.UncachedInputTokens);
        json.WriteNumber(RecordNames.Output, usage.OutputTokens);
        WriteNonZero(json, RecordNames.CacheRead, usage.CacheReadTokens);
        WriteNonZero(json, RecordNames.CacheWrite5m, usage.CacheWrite5mTokens);
        WriteNonZero(json, RecordNames.CacheWrite1h, usage.CacheWrite1hTokens);
        WriteNonZero(json, RecordNames.Reasoning, usage.ReasoningTokens);
        WriteNonZero(json, RecordNames.AudioInput, usage.AudioInputTokens);
        WriteNonZero(json, RecordNames.AudioCacheRead, usage.AudioCacheReadTokens);
        WriteNonZero(json, RecordNames.AudioOutput, usage.AudioOutputTokens);
        WriteNonZero(json, RecordNames.ImageInput, usage.ImageInputTokens);
        WriteNonZero(json, RecordNames.ImageOutput, usage.ImageOutputTokens);
        WriteNonZero(json, RecordNames.LargestRunInput, usage.LargestRunInputTokens);
        if (usage.Units.Count > 0)
        {
            json.WriteStartArray(RecordNames.Units);
            for (var i = 0; i < usage.Units.Count; i++)
            {
                json.WriteStartArray();
                json.WriteStringValue(usage.Units[i].Unit);
                json.WriteNumberValue(usage.Units[i].Quantity);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    public static void WriteExtra(Utf8JsonWriter json, IReadOnlyList<ExtraUsage> extra)
    {
        if (extra.Count == 0)
        {
            return;
        }

        json.WriteStartArray(RecordNames.Extra);
        for (var i = 0; i < extra.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString(RecordNames.Kind, extra[i].Kind);
            WriteOptional(json, RecordNames.Model, extra[i].Model);
            WriteUsage(json, extra[i].Usage);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteLines(Utf8JsonWriter json, IReadOnlyList<CostLine> lines)
    {
        json.WriteStartArray(RecordNames.Lines);
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            json.WriteStartArray();
            json.WriteStringValue(line.Unit);
            json.WriteNumberValue(line.Quantity);
            json.WriteNumberValue(line.PriceNanoUsdPerMillion);
            json.WriteNumberValue(line.Cost.Value);
            if (line.Model is not null)
            {
                json.WriteStringValue(line.Model);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    /// <summary>The wire's usage object as it was where it is JSON, else as text: nothing that was on the wire is lost.</summary>
    public static void WriteRaw(Utf8JsonWriter json, ReadOnlySpan<byte> raw)
    {
        if (raw.IsEmpty)
        {
            return;
        }

        if (IsJson(raw))
        {
            json.WritePropertyName(RecordNames.Raw);
            json.WriteRawValue(raw, skipInputValidation: true);
        }
        else
        {
            json.WriteBase64String(RecordNames.RawText, raw);
        }
    }

    private static void WriteNonZero(Utf8JsonWriter json, JsonEncodedText name, long value)
    {
        if (value != 0)
        {
            json.WriteNumber(name, value);
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> raw)
    {
        try
        {
            var reader = new Utf8JsonReader(raw, new JsonReaderOptions { MaxDepth = MaxRawDepth });
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.String || reader.TokenType == JsonTokenType.PropertyName)
                {
                    // Invalid UTF-8 in a string is only noticed when it is read.
                    if (!System.Text.Unicode.Utf8.IsValid(reader.ValueSpan))
                    {
                        return false;
                    }
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
