using System.Text.Json;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>
/// The Responses API's <c>tool_usage</c>, on the wire since 2026 and in no published type: searches, and the tokens of the image
/// model behind the image tool, which <c>usage</c> does not include.
/// </summary>
/// <param name="WebSearches">Billed searches; null where not stated.</param>
/// <param name="ImageGeneration">Null where not stated or all 0.</param>
internal sealed record OpenAiToolUsage(long? WebSearches, TokenUsage? ImageGeneration)
{
    /// <returns>Null where it is malformed.</returns>
    public static OpenAiToolUsage? Read(ReadOnlySpan<byte> raw)
    {
        long? searches = null;
        TokenUsage? images = null;
        try
        {
            var reader = new Utf8JsonReader(raw);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isSearch = reader.ValueTextEquals("web_search"u8);
                var isImage = reader.ValueTextEquals("image_gen"u8);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                if (isSearch && reader.TokenType == JsonTokenType.StartObject)
                {
                    searches = ReadRequests(ref reader);
                    continue;
                }

                reader.Skip();
                if (isImage && OpenAiUsage.Read(raw[start..(int)reader.BytesConsumed], out var reading) == UsageState.Read)
                {
                    images = reading!.Usage;
                }
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return new OpenAiToolUsage(searches, images is { InputTokens: 0, OutputTokens: 0 } ? null : images);
    }

    private static long? ReadRequests(ref Utf8JsonReader reader)
    {
        long? requests = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isCount = reader.ValueTextEquals("num_requests"u8);
            reader.Read();
            if (isCount && !TokenCount.TryRead(ref reader, out requests))
            {
                requests = null;
            }

            reader.Skip();
        }

        return requests;
    }
}
