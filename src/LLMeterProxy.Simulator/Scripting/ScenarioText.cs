using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LLMeterProxy.Simulator.Scripting;

/// <summary>
/// Reads scenarios out of text. A directive stands between <c>[[sim:</c> and <c>]]</c> anywhere in the request's body or
/// path, because a gateway passes those on while it drops headers that it does not know; the last one counts, earlier
/// ones being chat history. Within a JSON string its quotes are escaped, which is undone here.
/// </summary>
public static class ScenarioText
{
    /// <summary>Request header that carries a scenario, for clients that talk to the simulator directly.</summary>
    public const string HeaderName = "x-sim-scenario";

    private static readonly SearchValues<char> _jsonOnly = SearchValues.Create("{}[]\"\\ ");

    private static ReadOnlySpan<byte> Opening => "[[sim:"u8;

    private static ReadOnlySpan<byte> Closing => "]]"u8;

    /// <summary>Reads a scenario; JSON if it starts with a brace, else <c>name=value</c> pairs, a bare name meaning <c>true</c>.</summary>
    /// <exception cref="FormatException">A name or value is not known. Scripts are tests: a typing error must not pass as a plain call.</exception>
    public static Scenario Parse(string text)
    {
        text = text.Trim();
        var scenario = Scenario.Plain;
        if (!text.StartsWith('{'))
        {
            foreach (var pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                scenario = equals < 0 ? With(scenario, pair, "true") : With(scenario, pair[..equals], pair[(equals + 1)..]);
            }

            return scenario;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            foreach (var property in document.RootElement.EnumerateObject())
                scenario = With(scenario, property.Name, property.Value.ToString());
            return scenario;
        }
        catch (JsonException e)
        {
            throw new FormatException($"Scenario is no JSON object: {text}", e);
        }
    }

    /// <summary>The last directive in a body, or null.</summary>
    /// <exception cref="FormatException">There is one and it cannot be read.</exception>
    public static Scenario? Find(ReadOnlySpan<byte> body)
    {
        var start = body.LastIndexOf(Opening);
        if (start < 0)
            return null;
        var inside = body[(start + Opening.Length)..];
        var end = inside.IndexOf(Closing);
        return end < 0 ? null : Parse(Encoding.UTF8.GetString(inside[..end]).Replace("\\", "", StringComparison.Ordinal));
    }

    /// <summary>Takes the directive out of a model name: <c>gpt-4o-mini[[sim:status=500]]</c> is served by gpt-4o-mini.</summary>
    public static string StripFrom(string model)
    {
        var start = model.IndexOf("[[sim:", StringComparison.Ordinal);
        if (start < 0)
            return model;
        var end = model.IndexOf("]]", start, StringComparison.Ordinal);
        return end < 0 ? model[..start] : string.Concat(model.AsSpan(0, start), model.AsSpan(end + 2));
    }

    /// <summary>Writes a scenario's directive for a prompt or model name, e.g. <c>Directive("status=429")</c>.</summary>
    /// <exception cref="FormatException">The text is no scenario, or needs escaping: use pairs, not JSON.</exception>
    public static string Directive(string pairs)
    {
        if (pairs.AsSpan().ContainsAny(_jsonOnly))
            throw new FormatException($"Write a directive as name=value pairs without blanks: {pairs}");
        Parse(pairs);
        return $"[[sim:{pairs}]]";
    }

    private static Scenario With(Scenario s, string name, string value) => name switch
    {
        "status" => s with { Status = Int(value) },
        "errorCode" => s with { ErrorCode = value },
        "retryAfterSeconds" or "retryAfter" => s with { RetryAfterSeconds = Int(value) },
        "delayMs" => s with { DelayMs = Int(value) },
        "headerDelayMs" => s with { HeaderDelayMs = Int(value) },
        "chunkDelayMs" => s with { ChunkDelayMs = Int(value) },
        "inputTokens" => s with { InputTokens = Int(value) },
        "outputTokens" => s with { OutputTokens = Int(value) },
        "cachedTokens" => s with { CachedTokens = Int(value) },
        "cacheWriteTokens" => s with { CacheWriteTokens = Int(value) },
        "cacheWrite1hTokens" => s with { CacheWrite1hTokens = Int(value) },
        "reasoningTokens" => s with { ReasoningTokens = Int(value) },
        "model" => s with { Model = value },
        "tier" => s with { Tier = value },
        "cutAtByte" => s with { CutAtByte = Int(value) },
        "cutKind" => s with { CutKind = Enum.Parse<CutKind>(value, ignoreCase: true) },
        "cutBeforeHeaders" => s with { CutBeforeHeaders = Flag(value) },
        "stallAtByte" or "stall" => s with { StallAtByte = Int(value) },
        "garbage" => s with { Garbage = Flag(value) },
        "noUsage" => s with { NoUsage = Flag(value) },
        "noDone" => s with { NoDone = Flag(value) },
        "usageTwice" => s with { UsageTwice = Flag(value) },
        "errorEventMidStream" => s with { ErrorEventMidStream = Flag(value) },
        "bigBodyBytes" => s with { BigBodyBytes = Int(value) },
        "hugeLineBytes" => s with { HugeLineBytes = Int(value) },
        "gzip" => s with { Gzip = Flag(value) },
        "contentEncoding" => s with { Gzip = value == "gzip" ? true : throw Unknown(name, value) },
        "wrongContentLength" => s with { WrongContentLength = Int(value) },
        "chunked" => s with { Chunked = Flag(value) },
        "writeSize" => s with { WriteSize = Int(value) },
        "toolCall" => s with { ToolCall = Flag(value) },
        "bill" => s with { Bill = Enum.Parse<BillingRule>(value, ignoreCase: true) },
        _ => throw Unknown(name, value),
    };

    private static int Int(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"Not a whole number of at least 0: {value}");

    private static bool Flag(string value) => value switch
    {
        "true" or "True" or "1" => true,
        "false" or "False" or "0" => false,
        _ => throw new FormatException($"Not true or false: {value}"),
    };

    private static FormatException Unknown(string name, string value) => new($"No such directive: {name}={value}");
}
