using LLMeterProxy.CaptureTests.Recordings;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.CaptureTests.Replays;

/// <summary>Which provider of the node a recording belongs to, and of which kind it is.</summary>
internal static class ProviderKinds
{
    private const string Compatible = "openai-compatible";

    private static readonly DialectCatalog _dialects = new();

    // A folder with one of these names is of the kind of that name.
    private static readonly HashSet<string> _named = new(StringComparer.Ordinal)
    {
        "openai", "anthropic", "openrouter", "mistral", "deepseek", "groq", "xai", "cohere", "perplexity", "ollama", "bedrock", "vertex",
    };

    /// <summary>The folder's name; recordings of Vertex's libraries against Gemini's own paths get a provider of that kind.</summary>
    public static string NameOf(Capture capture) => IsGeminiPath(capture) ? capture.Provider + "-gemini" : capture.Provider;

    public static string KindOf(Capture capture) => capture.Provider switch
    {
        "azure" => "azure-openai",
        "google" => "gemini",
        _ when IsGeminiPath(capture) => "gemini",
        var name => _named.Contains(name) ? name : Compatible,
    };

    /// <summary>Whether this build has the kind.</summary>
    public static bool IsKnown(string kind) => _dialects.Find(kind) is not null;

    private static bool IsGeminiPath(Capture capture) =>
        capture.Provider == "vertex" && capture.Endpoint.StartsWith("/v1beta/models/", StringComparison.Ordinal);
}
