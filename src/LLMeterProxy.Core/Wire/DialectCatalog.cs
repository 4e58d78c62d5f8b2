using LLMeterProxy.Core.Wire.Anthropic;
using LLMeterProxy.Core.Wire.AzureOpenAi;
using LLMeterProxy.Core.Wire.Bedrock;
using LLMeterProxy.Core.Wire.Cohere;
using LLMeterProxy.Core.Wire.DeepSeek;
using LLMeterProxy.Core.Wire.Gemini;
using LLMeterProxy.Core.Wire.Groq;
using LLMeterProxy.Core.Wire.Mistral;
using LLMeterProxy.Core.Wire.Ollama;
using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.OpenAiCompatible;
using LLMeterProxy.Core.Wire.OpenRouter;
using LLMeterProxy.Core.Wire.Perplexity;
using LLMeterProxy.Core.Wire.Vertex;
using LLMeterProxy.Core.Wire.XAi;

namespace LLMeterProxy.Core.Wire;

/// <summary>The dialects that are built in: a new one is its folder and its line here.</summary>
public sealed class DialectCatalog : IDialectCatalog
{
    private static readonly IDialect[] _all =
    [
        new OpenAiDialect(),
        new AzureOpenAiDialect(),
        new AnthropicDialect(),
        new GeminiDialect(),
        new OpenRouterDialect(),
        new MistralDialect(),
        new DeepSeekDialect(),
        new GroqDialect(),
        new XAiDialect(),
        new PerplexityDialect(),
        new VertexDialect(),
        new CohereDialect(),
        new OllamaDialect(),
        new BedrockDialect(),
        new OpenAiCompatibleDialect(),
    ];

    public IReadOnlyCollection<IDialect> All => _all;

    public IDialect? Find(string kind) => Array.Find(_all, dialect => string.Equals(dialect.Kind, kind, StringComparison.OrdinalIgnoreCase));
}
