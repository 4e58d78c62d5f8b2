using System.Text.Json;

namespace LLMeterProxy.Simulator.Wire;

/// <summary>
/// Reads a request body in one pass. Text counts as such under <c>messages</c>, <c>system</c>, <c>input</c>,
/// <c>instructions</c>, <c>prompt</c>, <c>contents</c>, <c>systemInstruction</c>: every string that is the value of
/// <c>text</c>, <c>content</c>, <c>arguments</c> or <c>output</c> or stands alone in one of them, by its unescaped UTF-8
/// bytes. Images and files weigh nothing, and neither does what is ranked.
/// </summary>
internal static class RequestReader
{
    private static readonly JsonReaderOptions _options = new() { CommentHandling = JsonCommentHandling.Disallow };

    /// <exception cref="JsonException">The body is no JSON object.</exception>
    public static RequestFields Read(ReadOnlySpan<byte> body)
    {
        var fields = new RequestFields();
        var reader = new Utf8JsonReader(body, _options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("The body is not a JSON object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            ReadProperty(ref reader, fields);
        return fields;
    }

    private static void ReadProperty(ref Utf8JsonReader reader, RequestFields fields)
    {
        if (reader.ValueTextEquals("model"u8))
            fields.Model = String(ref reader);
        else if (reader.ValueTextEquals("stream"u8))
            fields.Stream = Flag(ref reader);
        else if (reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("system"u8) || reader.ValueTextEquals("instructions"u8)
            || reader.ValueTextEquals("prompt"u8) || reader.ValueTextEquals("contents"u8) || reader.ValueTextEquals("systemInstruction"u8)
            || reader.ValueTextEquals("system_instruction"u8))
            CountText(ref reader, fields);
        else if (reader.ValueTextEquals("input"u8) || reader.ValueTextEquals("texts"u8))
            fields.Inputs = Math.Max(1, CountText(ref reader, fields));
        else if (reader.ValueTextEquals("max_tokens"u8) || reader.ValueTextEquals("max_completion_tokens"u8)
            || reader.ValueTextEquals("max_output_tokens"u8) || reader.ValueTextEquals("maxOutputTokens"u8)
            || reader.ValueTextEquals("maxTokens"u8) || reader.ValueTextEquals("num_predict"u8))
            fields.OutputLimit = Number(ref reader) ?? fields.OutputLimit;
        else if (reader.ValueTextEquals("n"u8) || reader.ValueTextEquals("candidateCount"u8))
            fields.Choices = Math.Clamp(Number(ref reader) ?? 1, 1, 128);
        else if (reader.ValueTextEquals("service_tier"u8) || reader.ValueTextEquals("serviceTier"u8))
            fields.Tier = String(ref reader);
        else if (reader.ValueTextEquals("encoding_format"u8))
            fields.Base64 = String(ref reader) == "base64";
        else if (reader.ValueTextEquals("dimensions"u8) || reader.ValueTextEquals("output_dimension"u8))
            fields.Dimensions = Number(ref reader);
        else if (reader.ValueTextEquals("include_usage"u8))
            fields.IncludeUsage = Flag(ref reader);
        else if (reader.ValueTextEquals("responseMimeType"u8))
            fields.JsonAnswer = String(ref reader) == "application/json";
        else if (reader.ValueTextEquals("response_format"u8) || reader.ValueTextEquals("format"u8))
            fields.JsonAnswer = FirstString(ref reader, "type"u8) is "json" or "json_object" or "json_schema" or "object";
        else if (reader.ValueTextEquals("tools"u8))
            fields.ToolName = FirstString(ref reader, "name"u8);
        else if (reader.ValueTextEquals("documents"u8))
            fields.Documents = CountText(ref reader, new RequestFields());
        else if (reader.ValueTextEquals("top_n"u8))
            fields.Top = Number(ref reader);
        else if (reader.ValueTextEquals("tool_choice"u8))
            ReadToolChoice(ref reader, fields);
        else if (reader.ValueTextEquals("stream_options"u8) || reader.ValueTextEquals("generationConfig"u8)
            || reader.ValueTextEquals("generation_config"u8) || reader.ValueTextEquals("text"u8)
            || reader.ValueTextEquals("generateContentRequest"u8) || reader.ValueTextEquals("inferenceConfig"u8)
            || reader.ValueTextEquals("toolConfig"u8) || reader.ValueTextEquals("options"u8))
            ReadNested(ref reader, fields);
        else
            reader.Skip();
    }

    /// <summary>These objects hold only fields whose names mean the same at the top.</summary>
    private static void ReadNested(ref Utf8JsonReader reader, RequestFields fields)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            ReadProperty(ref reader, fields);
    }

    private static void ReadToolChoice(ref Utf8JsonReader reader, RequestFields fields)
    {
        var choice = FirstString(ref reader, "type"u8);
        fields.ToolForced = choice is "required" or "REQUIRED" or "function" or "tool" or "any";
        fields.ToolForbidden = choice is "none" or "NONE";
    }

    /// <summary>Adds up the text of a value and returns how many elements it has at its top, an array of numbers being one.</summary>
    private static int CountText(ref Utf8JsonReader reader, RequestFields fields)
    {
        reader.Read();
        var depth = reader.CurrentDepth;
        if (reader.TokenType == JsonTokenType.String)
        {
            fields.TextBytes += TextLength(ref reader);
            return 1;
        }

        if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
            return 1;
        var elements = 0;
        var isText = true;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.CurrentDepth == depth + 1 && reader.TokenType is JsonTokenType.String or JsonTokenType.StartArray or JsonTokenType.StartObject)
                elements++;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    isText = reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("content"u8)
                        || reader.ValueTextEquals("arguments"u8) || reader.ValueTextEquals("output"u8);
                    break;
                case JsonTokenType.String when isText:
                    fields.TextBytes += TextLength(ref reader);
                    break;
                case JsonTokenType.Number when isText:
                    fields.TextBytes += 4;
                    break;
                default:
                    break;
            }
        }

        return elements;
    }

    private static int TextLength(ref Utf8JsonReader reader)
    {
        var length = reader.ValueSpan.Length;
        if (!reader.ValueIsEscaped)
            return length;
        var scratch = length <= 1024 ? stackalloc byte[length] : new byte[length];
        return reader.CopyString(scratch);
    }

    /// <summary>The value itself if it is a string, else the first string under that name anywhere within it.</summary>
    private static string? FirstString(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString();
        if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
            return null;
        var depth = reader.CurrentDepth;
        string? found = null;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (found is null && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(name))
            {
                reader.Read();
                found = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }
        }

        return found;
    }

    private static string? String(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString();
        reader.Skip();
        return null;
    }

    private static bool Flag(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.True)
            return true;
        reader.Skip();
        return false;
    }

    private static int? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number)
            return reader.TryGetInt32(out var value) ? value : null;
        reader.Skip();
        return null;
    }
}
