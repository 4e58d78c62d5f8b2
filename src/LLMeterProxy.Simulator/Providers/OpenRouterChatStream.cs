using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>OpenRouter chat completions as server-sent events: comments first, usage and cost always, in a chunk that has a choice.</summary>
internal sealed class OpenRouterChatStream(SimulatedCall call, BodyWriter writer) : AnswerStream(call, writer)
{
    private readonly string _prefix =
        $$"""data: {"id":"{{call.Id}}","provider":"{{OpenRouterChat.Upstream(call)}}","model":"{{call.ModelText}}","object":"chat.completion.chunk","created":{{call.At.ToUnixTimeSeconds()}},"choices":[""";

    protected override IEnumerable<long> Opening()
    {
        for (var i = 0; i < 2; i++)
        {
            Writer.Write(": OPENROUTER PROCESSING\n\n"u8);
            yield return Call.Usage.Reasoning;
        }
    }

    protected override void OpenDelta(int choice)
    {
        Writer.Text(_prefix);
        Writer.Write($"{{\"index\":{choice},\"delta\":{{\"role\":\"assistant\",\"content\":\"");
    }

    protected override void CloseDelta(int choice, long produced, bool isLast) =>
        Writer.Write("\"},\"finish_reason\":null,\"native_finish_reason\":null,\"logprobs\":null}]}\n\n"u8);

    protected override IEnumerable<long> ToolCall()
    {
        Writer.Write($$$"""{{{_prefix}}}{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"{{{OpenAIChat.ToolCallId(Call)}}}","type":"function","function":{"name":"{{{Call.ToolName}}}","arguments":""}}]},"finish_reason":null,"native_finish_reason":null,"logprobs":null}]}""");
        Writer.Write("\n\n"u8);
        yield return Call.Usage.Reasoning;
        for (var i = 0; i < ToolArguments.Pieces.Count; i++)
        {
            Writer.Write($$$"""{{{_prefix}}}{"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"type":"function","function":{"arguments":"{{{ToolArguments.Pieces[i]}}}"}}]},"finish_reason":null,"native_finish_reason":null,"logprobs":null}]}""");
            Writer.Write("\n\n"u8);
            yield return ToolArguments.Produced(Call.Usage.Reasoning, Call.Usage.Output, i);
        }
    }

    // The error rides in a chunk of its own, with the usage so far, and the stream ends as if all were well.
    protected override void ErrorEvent() =>
        Writer.Write($$$"""data: {"id":"{{{Call.Id}}}","provider":"{{{OpenRouterChat.Upstream(Call)}}}","error":{"code":502,"message":"Provider returned error"},"model":"{{{Call.ModelText}}}","object":"chat.completion.chunk","created":{{{Call.At.ToUnixTimeSeconds()}}},"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"error","native_finish_reason":null,"logprobs":null}]}{{{"\n\ndata: [DONE]\n\n"}}}""");

    protected override IEnumerable<long> Closing()
    {
        Finish();
        Writer.Write("]}\n\n"u8);
        yield return Call.Usage.Output;
        for (var times = Call.Scenario.UsageTwice ? 2 : 1; times > 0 && Call.StatesUsage; times--)
        {
            Finish();
            Writer.Write($"],\"service_tier\":\"{Call.Tier}\",\"usage\":");
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

    private void Finish()
    {
        Writer.Text(_prefix);
        for (var choice = 0; choice < Call.Choices; choice++)
        {
            if (choice > 0)
                Writer.Write(","u8);
            Writer.Write($$$"""{"index":{{{choice}}},"delta":{"role":"assistant","content":""},"finish_reason":"{{{OpenAIChat.FinishReason(Call)}}}","native_finish_reason":"{{{OpenRouterChat.NativeFinishReason(Call)}}}","logprobs":null}""");
        }
    }
}
