using System.Text.Json;

namespace LLMeterProxy.Fuzz.Reference;

/// <summary>Chat completions, one object or a stream of chunks up to <c>[DONE]</c>: the last usage that states a count is the usage.</summary>
internal static class ChatReference
{
    public static Reading ReadBody(byte[] body)
    {
        var reading = new Reading();
        using var document = JsonDocument.Parse(body);
        Read(document.RootElement, reading);
        return reading;
    }

    public static Reading ReadStream(byte[] body)
    {
        var reading = new Reading();
        foreach (var (_, data) in SseReader.Read(body))
        {
            if (data.TrimEnd(' ') == "[DONE]")
            {
                break;
            }

            using var document = JsonDocument.Parse(data);
            Read(document.RootElement, reading);
        }

        return reading;
    }

    private static void Read(JsonElement chunk, Reading reading)
    {
        reading.Model = JsonNumbers.Text(chunk, "model") ?? reading.Model;
        reading.ServiceTier = JsonNumbers.Text(chunk, "service_tier") ?? reading.ServiceTier;
        var usage = JsonNumbers.Object(chunk, "usage");
        if (OpenAiReference.StatesCount(usage))
        {
            OpenAiReference.Take(usage, reading);
        }
        else if (JsonNumbers.Object(JsonNumbers.Object(chunk, "x_groq"), "usage") is { ValueKind: JsonValueKind.Object } copy && OpenAiReference.StatesCount(copy))
        {
            // Groq repeats the usage here; where the chunk has none of its own, this one is it.
            OpenAiReference.Take(copy, reading);
        }

        if (chunk.TryGetProperty("choices", out var choices))
        {
            foreach (var choice in choices.EnumerateArray())
            {
                reading.FinishSeen |= JsonNumbers.Text(choice, "finish_reason") is not null;
            }
        }
    }
}
