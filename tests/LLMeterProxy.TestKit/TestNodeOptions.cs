using LLMeterProxy.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace LLMeterProxy.TestKit;

/// <summary>How a <see cref="TestNode"/> differs from the usual one.</summary>
public sealed record TestNodeOptions
{
    /// <summary>Provider names with their kinds; each has the simulator under its own path.</summary>
    public IReadOnlyDictionary<string, string> Providers { get; init; } = new Dictionary<string, string>
    {
        ["openai"] = "openai",
        ["anthropic"] = "anthropic",
        ["gemini"] = "gemini",
        ["openrouter"] = "openrouter",
        ["compatible"] = "openai-compatible",
    };

    /// <summary>Further settings by key.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public SimulatorOptions SimulatorOptions { get; init; } = new() { RecordBodies = true, ExpectedKeys = [TestNode.ProviderKey] };

    /// <summary>A simulator that outlives the node; null starts one.</summary>
    public SimulatorHost? Simulator { get; init; }

    /// <summary>A directory that outlives the node; null takes a temporary one.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Replaces services.</summary>
    public Action<IServiceCollection>? Customize { get; init; }
}
