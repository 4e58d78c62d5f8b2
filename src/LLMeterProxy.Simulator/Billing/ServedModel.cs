using System.Collections.Frozen;
using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Billing;

/// <summary>The model that answers to a requested name.</summary>
/// <param name="Name">As the response states it: the dated snapshot where the provider has one.</param>
/// <param name="PriceKey">Its line in the price list.</param>
internal sealed record ServedModel(string Name, string PriceKey)
{
    private static readonly (string Alias, string Snapshot)[] _snapshots =
    [
        ("gpt-4o-mini", "gpt-4o-mini-2024-07-18"),
        ("gpt-4o", "gpt-4o-2024-08-06"),
        ("gpt-4.1", "gpt-4.1-2025-04-14"),
        ("gpt-4.1-mini", "gpt-4.1-mini-2025-04-14"),
        ("gpt-5", "gpt-5-2025-08-07"),
        ("gpt-5-mini", "gpt-5-mini-2025-08-07"),
        ("gpt-5.4", "gpt-5.4-2026-03-05"),
        ("gpt-5.4-mini", "gpt-5.4-mini-2026-03-17"),
        ("claude-sonnet-4-5", "claude-sonnet-4-5-20250929"),
        ("claude-haiku-4-5", "claude-haiku-4-5-20251001"),
    ];

    // OpenRouter has its own ids: author/model, with dots in version numbers.
    private static readonly (string Id, string PriceKey)[] _openRouter =
    [
        ("openai/gpt-4o-mini", "gpt-4o-mini"),
        ("openai/gpt-4o", "gpt-4o"),
        ("openai/gpt-4.1-mini", "gpt-4.1-mini"),
        ("openai/gpt-5-mini", "gpt-5-mini"),
        ("openai/gpt-5.4", "gpt-5.4"),
        ("openai/text-embedding-3-small", "text-embedding-3-small"),
        ("anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("anthropic/claude-haiku-4.5", "claude-haiku-4-5"),
        ("google/gemini-2.5-flash", "gemini-2.5-flash"),
        ("google/gemini-2.5-pro", "gemini-2.5-pro"),
    ];

    // Names that an Azure account gave to its deployments.
    private static readonly (string Deployment, string PriceKey)[] _deployments =
    [
        ("chat-prod", "gpt-4o-mini"),
        ("reasoner-prod", "gpt-5-mini"),
        ("embed-prod", "text-embedding-3-small"),
    ];

    // Bedrock's profiles: what Anthropic's body calls the model behind them.
    private static readonly (string Profile, string Name)[] _profiles =
    [
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5-20251001"),
        ("global.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5-20251001"),
    ];

    private static readonly FrozenDictionary<string, ServedModel> _known = Known();

    /// <summary>Names of all models that are listed, without their snapshots.</summary>
    public static IReadOnlyList<string> OpenAIModels { get; } =
        ["gpt-4o-mini", "gpt-4o", "gpt-4.1", "gpt-4.1-mini", "gpt-5", "gpt-5-mini", "gpt-5.4", "gpt-5.4-mini", "gpt-3.5-turbo-instruct", "text-embedding-3-small", "text-embedding-3-large", "omni-moderation-latest"];

    public static IReadOnlyList<string> AnthropicModels { get; } = ["claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001"];

    public static IReadOnlyList<string> GeminiModels { get; } = ["gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.5-pro"];

    public static IReadOnlyList<string> OpenRouterModels { get; } = [.. _openRouter.Select(m => m.Id)];

    public static IReadOnlyList<string> MistralModels { get; } = ["ministral-8b-latest", "mistral-medium-3-5", "mistral-embed"];

    public static IReadOnlyList<string> GroqModels { get; } = ["llama-3.3-70b-versatile", "openai/gpt-oss-120b"];

    public static IReadOnlyList<string> CohereModels { get; } = ["command-a-03-2025", "embed-v4.0", "rerank-v3.5"];

    public static IReadOnlyList<string> OllamaModels { get; } = ["llama3.2:3b", "qwen3:4b", "nomic-embed-text:latest"];

    /// <summary>Resolves a name; one that is not known is served as it is and has no price.</summary>
    public static ServedModel Resolve(ProviderShape shape, string requested) => shape switch
    {
        ProviderShape.Ollama => new ServedModel(requested, PriceList.Free),
        _ when _known.TryGetValue(requested, out var served) => served,
        _ => new ServedModel(requested, requested),
    };

    private static FrozenDictionary<string, ServedModel> Known()
    {
        var known = new Dictionary<string, ServedModel>(StringComparer.Ordinal);
        foreach (var (alias, snapshot) in _snapshots)
            known[alias] = known[snapshot] = new ServedModel(snapshot, alias);
        foreach (var (id, key) in _openRouter)
            known[id] = new ServedModel(id, key);
        foreach (var (deployment, key) in _deployments)
            known[deployment] = known.TryGetValue(key, out var dated) ? dated : new ServedModel(key, key);
        foreach (var (profile, name) in _profiles)
            known[profile] = new ServedModel(name, profile);
        return known.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
