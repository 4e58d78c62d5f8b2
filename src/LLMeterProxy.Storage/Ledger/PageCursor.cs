using System.Buffers.Text;
using System.Text.Json;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.Storage.Ledger;

/// <summary>The opaque <c>next</c> of paged answers.</summary>
internal static class PageCursor
{
    public static string Of(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    public static string Of(IReadOnlyList<string> values) => Of(JsonSerializer.SerializeToUtf8Bytes(values));

    /// <exception cref="RefusedQueryException">Not a cursor of ours.</exception>
    public static RequestId ReadId(string cursor)
    {
        var bytes = Read(cursor);
        return bytes.Length == 16 ? LedgerIds.FromBlob(bytes) : throw Invalid(innerException: null);
    }

    /// <exception cref="RefusedQueryException">Not a cursor of ours for this number of values.</exception>
    public static string[] ReadValues(string cursor, int count)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(Read(cursor)) is { } values && values.Length == count
                ? values
                : throw Invalid(innerException: null);
        }
        catch (JsonException exception)
        {
            throw Invalid(exception);
        }
    }

    private static byte[] Read(string cursor)
    {
        try
        {
            return Base64Url.DecodeFromChars(cursor);
        }
        catch (FormatException exception)
        {
            throw Invalid(exception);
        }
    }

    private static RefusedQueryException Invalid(Exception? innerException) => new("cursor", "is not the next of an answer to this question", innerException);
}
