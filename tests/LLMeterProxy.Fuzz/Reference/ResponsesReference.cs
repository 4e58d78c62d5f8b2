using System.Text.Json;

namespace LLMeterProxy.Fuzz.Reference;

/// <summary>The Responses API: one response object, or a stream whose events carry it under <c>response</c> and whose first terminal event ends it.</summary>
internal static class ResponsesReference
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
        foreach (var (name, data) in SseReader.Read(body))
        {
            using var document = JsonDocument.Parse(data);
            Read(JsonNumbers.Object(document.RootElement, "response"), reading);
            var type = name.Length > 0 ? name : JsonNumbers.Text(document.RootElement, "type");
            if (type is "response.completed" or "response.incomplete" or "response.failed")
            {
                reading.FinishSeen = true;
                break;
            }
        }

        return reading;
    }

    private static void Read(JsonElement response, Reading reading)
    {
        reading.Model = JsonNumbers.Text(response, "model") ?? reading.Model;
        reading.ServiceTier = JsonNumbers.Text(response, "service_tier") ?? reading.ServiceTier;
        reading.FinishSeen |= JsonNumbers.Text(response, "status") is "completed" or "incomplete";
        var usage = JsonNumbers.Object(response, "usage");
        if (OpenAiReference.StatesCount(usage))
        {
            OpenAiReference.Take(usage, reading);
        }
    }
}
