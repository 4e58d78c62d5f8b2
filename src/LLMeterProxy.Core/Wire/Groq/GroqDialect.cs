using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Groq;

/// <summary>Groq. Usage may stand in <c>usage</c>, in <c>x_groq</c> or in both; compound systems break it down by the models that they called.</summary>
internal sealed class GroqDialect() : OpenAiFormatDialect(GroqRoutes.Table, new() { ChatLimit = "max_completion_tokens" })
{
    public override string Kind => "groq";

    public override string? DefaultBaseUrl => "https://api.groq.com";

    public override string? ApiKeyVariable => "GROQ_API_KEY";

    protected override ResponseReader ReaderFor(RouteMatch match, RequestFacts facts, ResponseHead head) =>
        match.Route.Operation == Operations.Chat ? new GroqChatReader(facts) : base.ReaderFor(match, facts, head);
}
