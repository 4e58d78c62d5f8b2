using System.Text.Json;

namespace LLMeterProxy.Fuzz.Reference;

/// <summary>Gemini content: one object, an array of them, or a stream; thoughts are on top of candidates, tool prompts on top of the prompt.</summary>
internal static class GeminiReference
{
    public static Reading ReadBody(byte[] body)
    {
        var reading = new Reading();
        using var document = JsonDocument.Parse(body);
        if (document.RootElement.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in document.RootElement.EnumerateArray())
            {
                Read(item, reading);
            }
        }
        else
        {
            Read(document.RootElement, reading);
        }

        return reading;
    }

    public static Reading ReadStream(byte[] body)
    {
        var reading = new Reading();
        foreach (var (_, data) in SseReader.Read(body))
        {
            using var document = JsonDocument.Parse(data);
            Read(document.RootElement, reading);
        }

        return reading;
    }

    private static void Read(JsonElement chunk, Reading reading)
    {
        reading.Model = JsonNumbers.Text(chunk, "modelVersion") ?? reading.Model;
        if (chunk.TryGetProperty("candidates", out var candidates))
        {
            foreach (var candidate in candidates.EnumerateArray())
            {
                reading.FinishSeen |= JsonNumbers.Text(candidate, "finishReason") is not null;
            }
        }

        var usage = JsonNumbers.Object(chunk, "usageMetadata");
        if (usage.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var invalid = false;
        var prompt = JsonNumbers.Count(usage, "promptTokenCount", ref invalid);
        var candidatesCount = JsonNumbers.Count(usage, "candidatesTokenCount", ref invalid);
        var thoughts = JsonNumbers.Count(usage, "thoughtsTokenCount", ref invalid);
        var tools = JsonNumbers.Count(usage, "toolUsePromptTokenCount", ref invalid);
        var cached = JsonNumbers.Count(usage, "cachedContentTokenCount", ref invalid) ?? 0;
        var total = JsonNumbers.Count(usage, "totalTokenCount", ref invalid);
        if (!invalid && prompt is null && candidatesCount is null && thoughts is null && total is null)
        {
            return;
        }

        reading.HasUsage = !invalid;
        reading.IsInvalid = invalid;
        if (invalid)
        {
            return;
        }

        reading.Input = prompt is null && candidatesCount is null && thoughts is null ? total ?? 0 : (prompt ?? 0) + (tools ?? 0);
        reading.Output = (candidatesCount ?? 0) + (thoughts ?? 0);
        reading.Reasoning = thoughts ?? 0;
        reading.CacheRead = cached;
        reading.Uncached = Math.Max(0, reading.Input - cached);
    }
}
