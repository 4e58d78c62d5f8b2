using System.Text.Json;

namespace LLMeterProxy.Fuzz.Reference;

/// <summary>
/// Anthropic messages. In a stream <c>message_start</c> states the input; each member that a <c>message_delta</c> states and that
/// is not null takes the place of the same member. Cache reads and writes are on top of <c>input_tokens</c>.
/// </summary>
internal static class MessagesReference
{
    private static readonly string[] _totals = ["input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"];

    public static Reading ReadBody(byte[] body)
    {
        var reading = new Reading();
        using var document = JsonDocument.Parse(body);
        var message = document.RootElement;
        reading.Model = JsonNumbers.Text(message, "model");
        reading.FinishSeen = JsonNumbers.Text(message, "stop_reason") is not null;
        var known = new Dictionary<string, long>();
        Overlay(JsonNumbers.Object(message, "usage"), known, reading);
        return reading;
    }

    public static Reading ReadStream(byte[] body)
    {
        var reading = new Reading();
        var opening = new Dictionary<string, long>();
        Dictionary<string, long>? before = null;
        foreach (var (name, data) in SseReader.Read(body))
        {
            using var document = JsonDocument.Parse(data);
            var root = document.RootElement;
            var type = name.Length > 0 ? name : JsonNumbers.Text(root, "type");
            if (JsonNumbers.Object(root, "message") is { ValueKind: JsonValueKind.Object } message)
            {
                reading.Model = JsonNumbers.Text(message, "model") ?? reading.Model;
                var start = new Dictionary<string, long>();
                if (Overlay(JsonNumbers.Object(message, "usage"), start, reading))
                {
                    opening = start;
                }
                else if (reading.IsInvalid)
                {
                    opening = [];
                }
            }

            reading.FinishSeen |= JsonNumbers.Text(JsonNumbers.Object(root, "delta"), "stop_reason") is not null;
            var now = new Dictionary<string, long>(before ?? opening);
            if (Overlay(JsonNumbers.Object(root, "usage"), now, reading))
            {
                before = now;
            }
            else if (reading.IsInvalid && opening.Count > 0)
            {
                // What the start stated stays a floor for the estimate.
                Figures(opening, reading);
                reading.HasUsage = true;
            }

            if (type == "message_stop")
            {
                break;
            }
        }

        return reading;
    }

    /// <returns>False where the object states no count, or one that cannot be.</returns>
    private static bool Overlay(JsonElement usage, Dictionary<string, long> known, Reading reading)
    {
        if (usage.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        var invalid = false;
        var stated = false;
        foreach (var name in _totals)
        {
            Put(usage, name, name, known, ref invalid, ref stated);
        }

        var creation = JsonNumbers.Object(usage, "cache_creation");
        Put(creation, "ephemeral_5m_input_tokens", "5m", known, ref invalid, ref stated);
        Put(creation, "ephemeral_1h_input_tokens", "1h", known, ref invalid, ref stated);
        Put(JsonNumbers.Object(usage, "output_tokens_details"), "thinking_tokens", "thinking", known, ref invalid, ref stated);
        if (!stated && !invalid)
        {
            return false;
        }

        reading.HasUsage = !invalid;
        reading.IsInvalid = invalid;
        if (invalid)
        {
            return false;
        }

        Figures(known, reading);
        return true;
    }

    private static void Figures(Dictionary<string, long> known, Reading reading)
    {
        var oneHour = known.GetValueOrDefault("1h");
        var split = oneHour + known.GetValueOrDefault("5m");
        var written = Math.Max(known.TryGetValue("cache_creation_input_tokens", out var all) ? all : split, split);
        reading.Uncached = known.GetValueOrDefault("input_tokens");
        reading.CacheRead = known.GetValueOrDefault("cache_read_input_tokens");
        reading.CacheWrite1h = oneHour;
        reading.CacheWrite5m = written - oneHour;
        reading.Input = reading.Uncached + reading.CacheRead + written;
        reading.Output = known.GetValueOrDefault("output_tokens");
        reading.Reasoning = Math.Min(known.GetValueOrDefault("thinking"), reading.Output);
    }

    private static void Put(JsonElement parent, string name, string key, Dictionary<string, long> known, ref bool invalid, ref bool stated)
    {
        if (JsonNumbers.Count(parent, name, ref invalid) is { } count)
        {
            known[key] = count;
            stated = true;
        }
    }
}
