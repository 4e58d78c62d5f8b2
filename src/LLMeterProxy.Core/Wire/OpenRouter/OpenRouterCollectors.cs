using LLMeterProxy.Core.Wire.Anthropic;
using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenRouter;

/// <summary>
/// Usage collectors of OpenRouter, which speaks OpenAI's formats and Anthropic's and adds what it charged. Its
/// <c>message_start</c> is all zeros, and its message streams go on after <c>message_stop</c> with a <c>[DONE]</c> of no meaning.
/// </summary>
internal static class OpenRouterCollectors
{
    internal static IUsageCollector Create(RouteMatch match, RequestFacts facts, ResponseHead head)
    {
        ResponseReader reader = match.Route.Operation switch
        {
            Operations.Messages => new MessagesReader(),
            Operations.Responses => new ResponsesReader(),
            Operations.Completions => new ChatReader(ChatReader.CompletionText),
            _ => new ChatReader(ChatReader.OpenRouterText),
        };
        return new ResponseCollector(reader, facts, head.ContentType);
    }
}
