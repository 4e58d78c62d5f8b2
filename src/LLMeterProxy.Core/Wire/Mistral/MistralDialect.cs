using LLMeterProxy.Core.Wire.OpenAi;

namespace LLMeterProxy.Core.Wire.Mistral;

/// <summary>Mistral's La Plateforme. Its streams always carry usage.</summary>
internal sealed class MistralDialect() : OpenAiFormatDialect(MistralRoutes.Table, new())
{
    public override string Kind => "mistral";

    public override string? DefaultBaseUrl => "https://api.mistral.ai";

    public override string? ApiKeyVariable => "MISTRAL_API_KEY";
}
