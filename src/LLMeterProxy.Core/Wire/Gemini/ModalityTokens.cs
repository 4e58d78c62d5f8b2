using System.Text.Json;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>The tokens of the two modalities that have prices of their own, out of a list by modality.</summary>
internal struct ModalityTokens
{
    public long Audio;
    public long Image;

    /// <summary>The numbers of the two in Google's enumeration; all others are priced as text.</summary>
    private enum Modality
    {
        Other = 0,
        Image = 2,
        Audio = 4,
    }

    /// <summary>Adds a list of objects with <c>modality</c> and <c>tokenCount</c>, or <c>tokens</c>; the reader stands on its name.</summary>
    /// <returns>False where a count is none.</returns>
    public static bool Read(ref Utf8JsonReader reader, ref ModalityTokens sums)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return true;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
            }
            else if (!ReadOne(ref reader, ref sums))
            {
                return false;
            }
        }

        return true;
    }

    private static bool ReadOne(ref Utf8JsonReader reader, ref ModalityTokens sums)
    {
        var modality = Modality.Other;
        long? count = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("modality"u8))
            {
                reader.Read();
                modality = ModalityOf(ref reader);
                reader.Skip();
                continue;
            }

            var isCount = reader.ValueTextEquals("tokenCount"u8) || reader.ValueTextEquals("tokens"u8);
            reader.Read();
            if (isCount && !TokenCount.TryRead(ref reader, out count))
            {
                return false;
            }

            reader.Skip();
        }

        sums.Audio += modality == Modality.Audio ? count ?? 0 : 0;
        sums.Image += modality == Modality.Image ? count ?? 0 : 0;
        return true;
    }

    // Enumerations may come as their numbers (transcoded gRPC).
    private static Modality ModalityOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetInt32(out var number) && number is 2 or 4 ? (Modality)number : Modality.Other;
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            return Modality.Other;
        }

        return reader.ValueTextEquals("AUDIO"u8) || reader.ValueTextEquals("audio"u8) ? Modality.Audio
            : reader.ValueTextEquals("IMAGE"u8) || reader.ValueTextEquals("image"u8) ? Modality.Image
            : Modality.Other;
    }
}
