using System.Text.Json;

namespace LLMeterProxy.Core.Ledger;

/// <summary>Intents as compact UTF-8 JSON.</summary>
public static class UsageIntentCodec
{
    /// <summary>The payload; valid until this thread's next call of a codec.</summary>
    public static ReadOnlySpan<byte> Write(UsageIntent intent)
    {
        var json = RecordWriter.Rent(out var buffer);
        json.WriteStartObject();
        json.WriteNumber(RecordNames.Format, UsageRecordCodec.Format);
        json.WriteString(RecordNames.Id, intent.AttemptId.Value);
        json.WriteString(RecordNames.Tenant, intent.Tenant);
        json.WriteString(RecordNames.Key, intent.KeyId);
        json.WriteString(RecordNames.Provider, intent.Provider);
        json.WriteString(RecordNames.Operation, intent.Operation);
        json.WriteString(RecordNames.ModelRequested, intent.ModelRequested);
        json.WriteString(RecordNames.Model, intent.Model);
        json.WriteBoolean(RecordNames.Stream, intent.Stream);
        json.WriteNumber(RecordNames.Hold, intent.Hold.Value);
        json.WriteBoolean(RecordNames.Strict, intent.Strict);
        json.WriteNumber(RecordNames.InputTokensBound, intent.InputTokensBound);
        if (intent.InputPrice is { } input)
        {
            json.WriteNumber(RecordNames.InputPrice, input);
        }

        if (intent.OutputPrice is { } output)
        {
            json.WriteNumber(RecordNames.OutputPrice, output);
        }

        RecordWriter.WriteBudgets(json, intent.Budgets);
        json.WriteString(RecordNames.PriceVersion, intent.PriceVersion);
        RecordWriter.WriteOptional(json, RecordNames.EndUser, intent.EndUser);
        RecordWriter.WriteTags(json, intent.Tags);
        json.WriteNumber(RecordNames.DispatchedAt, RecordWriter.Micros(intent.DispatchedAt));
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    /// <exception cref="FormatException">Not an intent of a format that this version knows.</exception>
    public static UsageIntent Decode(ReadOnlySpan<byte> payload)
    {
        try
        {
            return RecordReader.ReadIntent(payload);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or OverflowException or ArgumentException)
        {
            throw new FormatException("Not a usage intent.", e);
        }
    }
}
