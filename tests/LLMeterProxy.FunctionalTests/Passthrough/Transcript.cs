using System.Text;
using System.Text.Json;

namespace LLMeterProxy.FunctionalTests.Passthrough;

/// <summary>What a client must get of what an upstream sent.</summary>
internal static class Transcript
{
    /// <summary>The upstream's bytes, less the usage chunk where the client did not ask for it.</summary>
    public static byte[] Expected(ApiCall call, ReadOnlySpan<byte> upstream)
    {
        var text = Encoding.Latin1.GetString(upstream);
        if (!call.DropsUsage || !text.StartsWith("data:", StringComparison.Ordinal))
            return upstream.ToArray();
        var events = text.Split("\n\n").Where(e => !IsUsageChunk(e));
        return Encoding.Latin1.GetBytes(string.Join("\n\n", events));
    }

    public static bool IsUsageChunk(string oneEvent)
    {
        if (!oneEvent.StartsWith("data: {", StringComparison.Ordinal))
            return false;
        using var chunk = JsonDocument.Parse(oneEvent["data: ".Length..]);
        return chunk.RootElement.TryGetProperty("choices", out var choices) && choices.GetArrayLength() == 0
            && chunk.RootElement.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object;
    }

    public static async Task<byte[]> ReadAsync(HttpResponseMessage response)
    {
        await using var body = await response.Content.ReadAsStreamAsync();
        using var all = new MemoryStream();
        await body.CopyToAsync(all);
        return all.ToArray();
    }
}
