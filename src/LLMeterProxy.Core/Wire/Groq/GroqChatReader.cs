using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Groq;

/// <summary>Chat completions of Groq, whose compound systems show in the middle of a stream which tools they ran.</summary>
internal sealed class GroqChatReader(RequestFacts facts) : ChatReader(ChatText, facts)
{
    public override bool IsCandidate(ReadOnlySpan<byte> rawEvent) =>
        base.IsCandidate(rawEvent) || WireSearch.HasMember(rawEvent, "\"executed_tools\""u8);
}
