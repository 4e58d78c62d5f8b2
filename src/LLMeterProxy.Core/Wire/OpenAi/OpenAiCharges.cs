using System.Text.Json;
using LLMeterProxy.Core.Wire.Scanning;
using static LLMeterProxy.Core.Wire.OpenAi.UsageMembers;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>Reads what usage objects say of money, and of what is billed by call instead of by token.</summary>
internal static class OpenAiCharges
{
    // A number (OpenRouter), or an object with the sum (Perplexity).
    public static void ReadCost(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            counts.Cost = Number(ref reader);
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSum = Is(ref reader, "total_cost"u8);
            reader.Read();
            counts.Cost = isSum ? Number(ref reader) : counts.Cost;
            reader.Skip();
        }
    }

    public static void ReadCostDetails(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        if (!JsonMembers.EnterObject(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUpstream = Is(ref reader, "upstream_inference_cost"u8);
            reader.Read();
            if (isUpstream)
            {
                counts.UpstreamCost = Number(ref reader);
            }

            reader.Skip();
        }
    }

    public static void ReadServerTools(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        if (!JsonMembers.EnterObject(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSearch = Is(ref reader, "web_search_requests"u8);
            reader.Read();
            if (isSearch && TokenCount.TryRead(ref reader, out var searches))
            {
                counts.WebSearches = searches;
            }

            reader.Skip();
        }
    }

    // xAI: every call has a price of its own, beside the tokens.
    public static void ReadXAiTools(ref Utf8JsonReader reader, ref OpenAiCounts counts)
    {
        if (!JsonMembers.EnterObject(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "web_search_calls"u8))
            {
                Units(ref reader, ref counts.WebSearches);
            }
            else if (Is(ref reader, "x_search_calls"u8))
            {
                Units(ref reader, ref counts.XSearches);
            }
            else if (Is(ref reader, "code_interpreter_calls"u8))
            {
                Units(ref reader, ref counts.CodeCalls);
            }
            else if (Is(ref reader, "file_search_calls"u8))
            {
                Units(ref reader, ref counts.FileSearches);
            }
            else if (Is(ref reader, "document_search_calls"u8))
            {
                Units(ref reader, ref counts.DocumentSearches);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }
}
