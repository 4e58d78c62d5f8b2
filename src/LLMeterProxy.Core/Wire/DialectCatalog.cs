using LLMeterProxy.Core.Wire.Anthropic;
using LLMeterProxy.Core.Wire.Bedrock;
using LLMeterProxy.Core.Wire.Cohere;
using LLMeterProxy.Core.Wire.Gemini;
using LLMeterProxy.Core.Wire.Ollama;
using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.OpenAiCompatible;
using LLMeterProxy.Core.Wire.OpenRouter;
using LLMeterProxy.Core.Wire.Vertex;

namespace LLMeterProxy.Core.Wire;

/// <summary>The dialects that are built in: a new one is its folder and its line here.</summary>
public sealed class DialectCatalog : IDialectCatalog
{
    private static readonly IDialect[] _all =
    [
        new OpenAiDialect(),
        new AnthropicDialect(),
        new GeminiDialect(),
        new OpenRouterDialect(),
        new VertexDialect(),
        new CohereDialect(),
        new OllamaDialect(),
        new BedrockDialect(),
        new OpenAiCompatibleDialect(),
    ];

    public IReadOnlyCollection<IDialect> All => _all;

    public IDialect? Find(string kind) => Array.Find(_all, dialect => string.Equals(dialect.Kind, kind, StringComparison.OrdinalIgnoreCase));
}
