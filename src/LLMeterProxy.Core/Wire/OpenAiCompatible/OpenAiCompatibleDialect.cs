using LLMeterProxy.Core.Wire.OpenAi;

namespace LLMeterProxy.Core.Wire.OpenAiCompatible;

/// <summary>OpenAI's format as other servers speak it (vLLM, llama.cpp, LocalAI, hosted ones); keys are optional. Nothing is known of the server, so that it may go on generating: what it bills is read to the end.</summary>
internal sealed class OpenAiCompatibleDialect() : OpenAiFormatDialect(OpenAiCompatibleRoutes.Table, new() { AsksForUsage = true, RefusesFoldedNames = true })
{
    public override string Kind => "openai-compatible";

    public override string? DefaultBaseUrl => null;

    public override string? ApiKeyVariable => null;

    public override bool NeedsApiKey => false;
}
