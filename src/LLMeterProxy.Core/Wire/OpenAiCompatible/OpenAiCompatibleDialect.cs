using System.Globalization;
using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenAiCompatible;

/// <summary>OpenAI's format as other servers speak it (vLLM, llama.cpp, LocalAI, hosted ones); keys are optional. Nothing is known of the server, so that it may go on generating: what it bills is read to the end.</summary>
internal sealed class OpenAiCompatibleDialect() : OpenAiFormatDialect(OpenAiCompatibleRoutes.Table, new() { AsksForUsage = true, RefusesFoldedNames = true })
{
    public override string Kind => "openai-compatible";

    public override string? DefaultBaseUrl => null;

    public override string? ApiKeyVariable => null;

    public override bool NeedsApiKey => false;

    // Fireworks' reference: answers that are not streamed tell in their head what of the prompt was cached.
    protected override ResponseReader ReaderFor(RouteMatch match, RequestFacts facts, ResponseHead head)
    {
        var reader = base.ReaderFor(match, facts, head);
        if (reader is ChatReader chat
            && long.TryParse(head.Header("fireworks-cached-prompt-tokens"), NumberStyles.None, CultureInfo.InvariantCulture, out var cached))
        {
            chat.CachedByHost = cached;
        }

        return reader;
    }
}
