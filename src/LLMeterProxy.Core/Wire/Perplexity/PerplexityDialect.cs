using LLMeterProxy.Core.Wire.OpenAi;

namespace LLMeterProxy.Core.Wire.Perplexity;

/// <summary>Perplexity, whose calls have a fee by the size of the search context. The cost that it states is rounded to 0.00001 USD, so that it is not taken. Its streams always carry usage.</summary>
internal sealed class PerplexityDialect() : OpenAiFormatDialect(PerplexityRoutes.Table, new())
{
    public override string Kind => "perplexity";

    public override string? DefaultBaseUrl => "https://api.perplexity.ai";

    public override string? ApiKeyVariable => "PERPLEXITY_API_KEY";
}
