using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LLMeterProxy.Core.Ledger;

/// <summary>
/// Records as compact UTF-8 JSON: what is journalled, hashed into the chain and kept verbatim in the ledger. The chain
/// fields come last, so that the body is made outside the tenant's lock and only the tail inside it.
/// </summary>
public static class UsageRecordCodec
{
    /// <summary>Raised when a reader of older records would misread a newer one.</summary>
    public const int Format = 1;

    /// <summary>Enough for any tail: incarnation, sequence and hash with their names.</summary>
    public const int MaxTailLength = 256;

    /// <summary>The object without its chain fields and without its closing brace. Valid until this thread's next call.</summary>
    public static ReadOnlySpan<byte> WriteBody(UsageRecord record)
    {
        var json = RecordWriter.Rent(out var buffer);
        json.WriteStartObject();
        json.WriteNumber(RecordNames.Format, Format);
        json.WriteString(RecordNames.Id, record.AttemptId.Value);
        json.WriteString(RecordNames.Tenant, record.Tenant);
        json.WriteString(RecordNames.Key, record.KeyId);
        json.WriteString(RecordNames.Provider, record.Provider);
        json.WriteString(RecordNames.Operation, record.Operation);
        json.WriteString(RecordNames.Channel, WireEnums.Text(record.Channel));
        json.WriteString(RecordNames.ModelRequested, record.ModelRequested);
        RecordWriter.WriteOptional(json, RecordNames.ModelBilled, record.ModelBilled);
        json.WriteString(RecordNames.Model, record.Model);
        json.WriteBoolean(RecordNames.Stream, record.Stream);
        json.WriteNumber(RecordNames.Status, record.Status);
        json.WriteString(RecordNames.Outcome, WireEnums.Text(record.Outcome));
        json.WriteString(RecordNames.Source, WireEnums.Text(record.Source));
        RecordWriter.WriteOptional(json, RecordNames.Reason, record.Reason);
        RecordWriter.WriteUsage(json, record.Usage);
        RecordWriter.WriteLines(json, record.Lines);
        RecordWriter.WriteMoney(json, RecordNames.Cost, record.Cost);
        RecordWriter.WriteMoney(json, RecordNames.Billed, record.Billed);
        if (record.ProviderCost is { } stated)
        {
            json.WriteNumber(RecordNames.ProviderCost, stated.Value);
        }

        json.WriteString(RecordNames.PriceVersion, record.PriceVersion);
        json.WriteNumber(RecordNames.Hold, record.Hold.Value);
        RecordWriter.WriteBudgets(json, record.Budgets);
        RecordWriter.WriteOptional(json, RecordNames.ServiceTier, record.ServiceTier);
        RecordWriter.WriteOptional(json, RecordNames.Speed, record.Speed);
        RecordWriter.WriteOptional(json, RecordNames.InferenceGeo, record.InferenceGeo);
        RecordWriter.WriteExtra(json, record.Extra);
        RecordWriter.WriteOptional(json, RecordNames.ResponseId, record.ResponseId);
        RecordWriter.WriteOptional(json, RecordNames.EndUser, record.EndUser);
        RecordWriter.WriteTags(json, record.Tags);
        if (record.Flags.Count > 0)
        {
            json.WriteStartArray(RecordNames.Flags);
            for (var i = 0; i < record.Flags.Count; i++)
            {
                json.WriteStringValue(record.Flags[i]);
            }

            json.WriteEndArray();
        }

        json.WriteNumber(RecordNames.StartedAt, RecordWriter.Micros(record.Timings.StartedAt));
        WriteOptional(json, RecordNames.Dispatched, record.Timings.DispatchedMicros);
        WriteOptional(json, RecordNames.FirstByte, record.Timings.FirstByteMicros);
        json.WriteNumber(RecordNames.Completed, record.Timings.CompletedMicros);
        RecordWriter.WriteRaw(json, record.RawUsage.Span);
        if (record.Corrects is { } corrects)
        {
            json.WriteString(RecordNames.Corrects, corrects.Value);
        }

        RecordWriter.WriteOptional(json, RecordNames.PreviousPriceVersion, record.PreviousPriceVersion);

        json.Flush();
        return buffer.WrittenSpan;
    }

    /// <summary>The chain fields and the closing brace.</summary>
    /// <param name="prevHash">64 hex digits.</param>
    /// <returns>Bytes written; at most <see cref="MaxTailLength"/>.</returns>
    public static int WriteTail(Span<byte> destination, string incarnation, long chainSeq, ReadOnlySpan<byte> prevHash)
    {
        var at = 0;
        Put(destination, ref at, ",\"incarnation\":\""u8);
        at += Encoding.ASCII.GetBytes(incarnation, destination[at..]);
        Put(destination, ref at, "\",\"chainSeq\":"u8);
        chainSeq.TryFormat(destination[at..], out var digits, provider: CultureInfo.InvariantCulture);
        at += digits;
        Put(destination, ref at, ",\"prevHash\":\""u8);
        Put(destination, ref at, prevHash);
        Put(destination, ref at, "\"}"u8);
        return at;
    }

    /// <summary>The whole payload, chain fields as the record has them.</summary>
    public static byte[] Encode(UsageRecord record)
    {
        var body = WriteBody(record);
        Span<byte> tail = stackalloc byte[MaxTailLength];
        Span<byte> hash = stackalloc byte[64];
        var prevHash = record.PrevHash.Length == 64 ? record.PrevHash : new string('0', 64);
        Encoding.ASCII.GetBytes(prevHash, hash);
        var length = WriteTail(tail, record.Incarnation, record.ChainSeq, hash);
        return [.. body, .. tail[..length]];
    }

    /// <exception cref="FormatException">Not a record of a format that this version knows.</exception>
    public static UsageRecord Decode(ReadOnlySpan<byte> payload)
    {
        try
        {
            return RecordReader.ReadRecord(payload);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or OverflowException or ArgumentException)
        {
            throw new FormatException("Not a usage record.", e);
        }
    }

    private static void WriteOptional(Utf8JsonWriter json, JsonEncodedText name, long? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
    }

    private static void Put(Span<byte> destination, ref int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination[at..]);
        at += bytes.Length;
    }
}
