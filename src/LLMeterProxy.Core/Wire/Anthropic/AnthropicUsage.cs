using System.Text.Json;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Anthropic;

/// <summary>Usage objects of Anthropic messages: cache reads and writes are on top of <c>input_tokens</c>, thinking is inside <c>output_tokens</c>.</summary>
internal static class AnthropicUsage
{
    private const int MaxIterations = 256;

    /// <summary>Lays the members of a usage object over <paramref name="counts"/>, which is of no use where the result is not <see cref="UsageState.Read"/>.</summary>
    public static UsageState Read(ReadOnlySpan<byte> raw, AnthropicCounts counts)
    {
        try
        {
            var reader = new Utf8JsonReader(raw);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return UsageState.Invalid;
            }

            var stated = false;
            if (!ReadMembers(ref reader, counts, ref stated))
            {
                return UsageState.Invalid;
            }

            return stated ? UsageState.Read : UsageState.Absent;
        }
        catch (JsonException)
        {
            return UsageState.Invalid;
        }
    }

    private static bool ReadMembers(ref Utf8JsonReader reader, AnthropicCounts counts, ref bool stated)
    {
        var valid = true;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("input_tokens"u8))
            {
                valid = Count(ref reader, out var value, ref stated);
                counts.Input = value ?? counts.Input;
            }
            else if (reader.ValueTextEquals("output_tokens"u8))
            {
                valid = Count(ref reader, out var value, ref stated);
                counts.Output = value ?? counts.Output;
            }
            else if (reader.ValueTextEquals("cache_read_input_tokens"u8))
            {
                valid = Count(ref reader, out var value, ref stated);
                counts.CacheRead = value ?? counts.CacheRead;
            }
            else if (reader.ValueTextEquals("cache_creation_input_tokens"u8))
            {
                valid = Count(ref reader, out var value, ref stated);
                counts.CacheWrite = value ?? counts.CacheWrite;
            }
            else if (reader.ValueTextEquals("cache_creation"u8))
            {
                valid = ReadCacheCreation(ref reader, counts, ref stated);
            }
            else if (reader.ValueTextEquals("output_tokens_details"u8))
            {
                valid = ReadOutputDetails(ref reader, counts, ref stated);
            }
            else if (reader.ValueTextEquals("server_tool_use"u8))
            {
                valid = ReadServerTools(ref reader, counts);
            }
            else if (reader.ValueTextEquals("iterations"u8))
            {
                valid = ReadIterations(ref reader, counts);
            }
            else if (reader.ValueTextEquals("service_tier"u8))
            {
                counts.ServiceTier = Text(ref reader) ?? counts.ServiceTier;
            }
            else if (reader.ValueTextEquals("speed"u8))
            {
                counts.Speed = Text(ref reader) ?? counts.Speed;
            }
            else if (reader.ValueTextEquals("inference_geo"u8))
            {
                counts.InferenceGeo = Text(ref reader) ?? counts.InferenceGeo;
            }
            else
            {
                ReadOther(ref reader, counts);
            }
        }

        return valid;
    }

    private static bool ReadCacheCreation(ref Utf8JsonReader reader, AnthropicCounts counts, ref bool stated)
    {
        if (!JsonMembers.EnterObject(ref reader))
        {
            return true;
        }

        var valid = true;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("ephemeral_5m_input_tokens"u8))
            {
                valid = Count(ref reader, out var value, ref stated);
                counts.CacheWrite5m = value ?? counts.CacheWrite5m;
            }
            else if (reader.ValueTextEquals("ephemeral_1h_input_tokens"u8))
            {
                valid = Count(ref reader, out var value, ref stated);
                counts.CacheWrite1h = value ?? counts.CacheWrite1h;
            }
            else
            {
                SkipUnknown(ref reader, counts);
            }
        }

        return valid;
    }

    private static bool ReadOutputDetails(ref Utf8JsonReader reader, AnthropicCounts counts, ref bool stated)
    {
        if (!JsonMembers.EnterObject(ref reader))
        {
            return true;
        }

        var valid = true;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("thinking_tokens"u8))
            {
                valid = Count(ref reader, out var value, ref stated);
                counts.Thinking = value ?? counts.Thinking;
            }
            else
            {
                SkipUnknown(ref reader, counts);
            }
        }

        return valid;
    }

    private static bool ReadServerTools(ref Utf8JsonReader reader, AnthropicCounts counts)
    {
        if (!JsonMembers.EnterObject(ref reader))
        {
            return true;
        }

        var stated = false;
        var valid = true;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("web_search_requests"u8))
            {
                valid = Count(ref reader, out var value, ref stated);
                counts.WebSearches = value ?? counts.WebSearches;
            }
            else if (reader.ValueTextEquals("web_fetch_requests"u8))
            {
                // Free (Anthropic's pricing page).
                reader.Read();
                reader.Skip();
            }
            else
            {
                SkipUnknown(ref reader, counts);
            }
        }

        return valid;
    }

    private static bool ReadIterations(ref Utf8JsonReader reader, AnthropicCounts counts)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return true;
        }

        var iterations = new List<AnthropicIteration>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject || iterations.Count == MaxIterations)
            {
                reader.Skip();
                continue;
            }

            if (!ReadIteration(ref reader, out var iteration))
            {
                return false;
            }

            iterations.Add(iteration);
        }

        counts.Iterations = iterations;
        return true;
    }

    private static bool ReadIteration(ref Utf8JsonReader reader, out AnthropicIteration iteration)
    {
        var counts = new AnthropicCounts(null);
        string? type = null;
        string? model = null;
        var valid = true;
        var stated = false;
        while (valid && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = Text(ref reader);
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                model = Text(ref reader);
            }
            else if (reader.ValueTextEquals("input_tokens"u8))
            {
                valid = Count(ref reader, out var value, ref stated);
                counts.Input = value;
            }
            else if (reader.ValueTextEquals("output_tokens"u8))
            {
                valid = Count(ref reader, out var value, ref stated);
                counts.Output = value;
            }
            else if (reader.ValueTextEquals("cache_read_input_tokens"u8))
            {
                valid = Count(ref reader, out var value, ref stated);
                counts.CacheRead = value;
            }
            else if (reader.ValueTextEquals("cache_creation_input_tokens"u8))
            {
                valid = Count(ref reader, out var value, ref stated);
                counts.CacheWrite = value;
            }
            else if (reader.ValueTextEquals("cache_creation"u8))
            {
                valid = ReadCacheCreation(ref reader, counts, ref stated);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        iteration = new AnthropicIteration(type, model, counts);
        return valid;
    }

    // OpenRouter states the cost in the same object.
    private static void ReadOther(ref Utf8JsonReader reader, AnthropicCounts counts)
    {
        if (reader.ValueTextEquals("cost"u8))
        {
            reader.Read();
            counts.Cost = Number(ref reader) ?? counts.Cost;
            reader.Skip();
        }
        else if (reader.ValueTextEquals("is_byok"u8))
        {
            reader.Read();
            counts.IsByok = reader.TokenType == JsonTokenType.True;
            reader.Skip();
        }
        else if (reader.ValueTextEquals("cost_details"u8))
        {
            if (!JsonMembers.EnterObject(ref reader))
            {
                return;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isUpstream = reader.ValueTextEquals("upstream_inference_cost"u8);
                reader.Read();
                counts.UpstreamCost = isUpstream ? Number(ref reader) : counts.UpstreamCost;
                reader.Skip();
            }
        }
        else
        {
            SkipUnknown(ref reader, counts);
        }
    }

    private static bool Count(ref Utf8JsonReader reader, out long? value, ref bool stated)
    {
        reader.Read();
        var valid = TokenCount.TryRead(ref reader, out value);
        stated |= value is not null;
        return valid;
    }

    private static decimal? Number(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var number) && number is >= 0 and <= TokenCount.Max ? number : null;

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        string? text = null;
        if (reader.TokenType == JsonTokenType.String)
        {
            var raw = reader.ValueSpan;
            text = raw.Length <= 256 && !reader.ValueIsEscaped ? System.Text.Encoding.UTF8.GetString(raw) : null;
        }

        reader.Skip();
        return text;
    }

    private static void SkipUnknown(ref Utf8JsonReader reader, AnthropicCounts counts)
    {
        reader.Read();
        counts.HasUnknownNumber |= TokenCount.IsNonZeroNumber(ref reader);
        reader.Skip();
    }
}
