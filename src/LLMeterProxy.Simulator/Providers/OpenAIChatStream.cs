using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>OpenAI chat completions as server-sent events; usage only for those who asked for it, in a chunk without choices.</summary>
internal sealed class OpenAIChatStream(SimulatedCall call, BodyWriter writer) : AnswerStream(call, writer)
{
    private readonly string _prefix =
        $$"""data: {"id":"{{call.Id}}","object":"chat.completion.chunk","created":{{call.At.ToUnixTimeSeconds()}},"model":"{{call.ModelText}}","service_tier":"{{call.Tier}}","system_fingerprint":"{{OpenAIChat.Fingerprint}}","choices":[""";

    private readonly string _suffix = call.Fields.IncludeUsage ? """],"usage":null}""" + "\n\n" : "]}\n\n";

    protected override IEnumerable<long> Opening()
    {
        // Azure's first chunk: no choice, no id, no model.
        if (Call.Route.Shape == ProviderShape.Azure)
        {
            Writer.Write("""data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}}]}"""u8);
            Writer.Write("\n\n"u8);
            yield return 0;
        }

        for (var choice = 0; choice < Call.Choices; choice++)
        {
            var content = Call.CallsTool ? "null" : "\"\"";
            Writer.Write($$$"""{{{_prefix}}}{"index":{{{choice}}},"delta":{"role":"assistant","content":{{{content}}},"refusal":null},"logprobs":null,"finish_reason":null}{{{_suffix}}}""");
            yield return Call.Usage.Reasoning;
        }
    }

    protected override void OpenDelta(int choice)
    {
        Writer.Text(_prefix);
        Writer.Write($"{{\"index\":{choice},\"delta\":{{\"content\":\"");
    }

    protected override void CloseDelta(int choice, long produced, bool isLast)
    {
        Writer.Write("\"},\"logprobs\":null,\"finish_reason\":null}"u8);
        Writer.Text(_suffix);
    }

    protected override IEnumerable<long> ToolCall()
    {
        Writer.Write($$$"""{{{_prefix}}}{"index":0,"delta":{"tool_calls":[{"index":0,"id":"{{{OpenAIChat.ToolCallId(Call)}}}","type":"function","function":{"name":"{{{Call.ToolName}}}","arguments":""}}]},"logprobs":null,"finish_reason":null}{{{_suffix}}}""");
        yield return Call.Usage.Reasoning;
        for (var i = 0; i < ToolArguments.Pieces.Count; i++)
        {
            Writer.Write($$$"""{{{_prefix}}}{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{{{ToolArguments.Pieces[i]}}}"}}]},"logprobs":null,"finish_reason":null}{{{_suffix}}}""");
            yield return ToolArguments.Produced(Call.Usage.Reasoning, Call.Usage.Output, i);
        }
    }

    protected override void ErrorEvent() =>
        Writer.Write("data: {\"error\":{\"message\":\"The server had an error while processing your request. Sorry about that!\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n"u8);

    protected override IEnumerable<long> Closing()
    {
        for (var choice = 0; choice < Call.Choices; choice++)
        {
            Writer.Write($$$"""{{{_prefix}}}{"index":{{{choice}}},"delta":{},"logprobs":null,"finish_reason":"{{{OpenAIChat.FinishReason(Call)}}}"}{{{_suffix}}}""");
            yield return Call.Usage.Output;
        }

        for (var times = Call.Scenario.UsageTwice ? 2 : 1; times > 0 && Call.Fields.IncludeUsage && Call.StatesUsage; times--)
        {
            Writer.Text(_prefix);
            Writer.Write("],\"usage\":"u8);
            OpenAIUsage.WriteChat(Writer, Call);
            Writer.Write("}\n\n"u8);
            yield return Call.Usage.Output;
        }

        if (!Call.Scenario.NoDone)
        {
            Writer.Write("data: [DONE]\n\n"u8);
            yield return Call.Usage.Output;
        }
    }
}
