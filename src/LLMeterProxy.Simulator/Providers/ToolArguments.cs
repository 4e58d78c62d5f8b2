namespace LLMeterProxy.Simulator.Providers;

/// <summary>The arguments that every simulated tool call has, whole and as the pieces in which they are streamed.</summary>
internal static class ToolArguments
{
    /// <summary>A JSON object.</summary>
    public const string Json = """{"city":"Paris","unit":"celsius"}""";

    /// <summary>The same as the inside of a JSON string.</summary>
    public const string Escaped = """{\"city\":\"Paris\",\"unit\":\"celsius\"}""";

    /// <summary><see cref="Escaped"/> in parts.</summary>
    public static IReadOnlyList<string> Pieces { get; } = ["{\\\"", "city", "\\\":\\\"", "Paris", "\\\",\\\"unit", "\\\":\\\"celsius\\\"}"];

    /// <summary>Output tokens that exist after piece <paramref name="index"/>, so that the last makes all of them.</summary>
    public static long Produced(long reasoning, long output, int index) => reasoning + ((output - reasoning) * (index + 1) / Pieces.Count);
}
