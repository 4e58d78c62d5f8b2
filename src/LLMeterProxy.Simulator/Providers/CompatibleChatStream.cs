using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>
/// Chat completions as server-sent events of the providers that took OpenAI's shape over. All of them state the usage
/// unasked, with the last choice; Groq repeats it twice for those who asked, and Perplexity states it from the first chunk on.
/// </summary>
internal sealed class CompatibleChatStream(SimulatedCall call, BodyWriter writer) : AnswerStream(call, writer)
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    private readonly string _prefix =
        $$"""data: {"id":"{{call.Id}}","object":"chat.completion.chunk","created":{{call.At.ToUnixTimeSeconds()}},"model":"{{call.ModelText}}","choices":[""";

    private bool IsGroq => Call.Route.Shape == ProviderShape.Groq;

    protected override IEnumerable<long> Opening()
    {
        if (Call.Route.Shape == ProviderShape.DeepSeek)
        {
            Writer.Write(": keep-alive\n\n"u8);
            yield return Call.Usage.Reasoning;
        }

        for (var choice = 0; choice < Call.Choices; choice++)
        {
            Writer.Text(_prefix);
            Writer.Write($$$"""{"index":{{{choice}}},"delta":{"role":"assistant","content":""},"finish_reason":null}]""");
            if (IsGroq && choice == 0)
                Writer.Write($$$""","x_groq":{"id":"{{{CompatibleChat.RequestId(Call)}}}"}""");
            End(Call.Usage.Reasoning);
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
        Writer.Write("\"},\"finish_reason\":null}]"u8);
        // Mistral pads its chunks with a text of varying length.
        if (Call.Route.Shape == ProviderShape.Mistral)
            Writer.Write($",\"p\":\"{Letters[..(int)(produced * 7 % Letters.Length)]}\"");
        End(produced);
    }

    // A tool call comes whole.
    protected override IEnumerable<long> ToolCall()
    {
        Writer.Text(_prefix);
        Writer.Write($$$"""{"index":0,"delta":{"tool_calls":[{"id":"{{{CompatibleChat.ToolCallId(Call)}}}","type":"function","index":0,"function":{"name":"{{{Call.ToolName}}}","arguments":"{{{ToolArguments.Escaped}}}"}}]},"finish_reason":null}]""");
        End(Call.Usage.Output);
        yield return Call.Usage.Output;
    }

    protected override void ErrorEvent() => Writer.Write(IsGroq
        ? "event: error\ndata: {\"error\":{\"message\":\"Internal Server Error\",\"type\":\"internal_server_error\",\"status_code\":500}}\n\n"u8
        : "data: {\"error\":{\"message\":\"Internal Server Error\",\"type\":\"internal_server_error\",\"code\":\"500\"}}\n\n"u8);

    protected override IEnumerable<long> Closing()
    {
        for (var choice = 0; choice < Call.Choices; choice++)
        {
            var states = Call.StatesUsage && choice == Call.Choices - 1;
            Writer.Text(_prefix);
            Writer.Write($$$"""{"index":{{{choice}}},"delta":{{{(Call.Route.Shape == ProviderShape.Mistral ? "{\"content\":\"\"}" : "{}")}}},"finish_reason":"{{{OpenAIChat.FinishReason(Call)}}}"}]""");
            if (states)
                WriteUsage(Call.Usage.Output);
            if (states && IsGroq)
                WriteGroqUsage();
            Writer.Write("}\n\n"u8);
            yield return Call.Usage.Output;
        }

        // Asked for, Groq states it once more, in a chunk without a choice.
        for (var times = Call.Scenario.UsageTwice ? 2 : 1; times > 0 && IsGroq && Call.Fields.IncludeUsage && Call.StatesUsage; times--)
        {
            Writer.Text(_prefix);
            Writer.Write("]"u8);
            WriteUsage(Call.Usage.Output);
            Writer.Write($",\"service_tier\":\"{Call.Tier}\"}}\n\n");
            yield return Call.Usage.Output;
        }

        if (!Call.Scenario.NoDone)
        {
            Writer.Write("data: [DONE]\n\n"u8);
            yield return Call.Usage.Output;
        }
    }

    private void End(long produced)
    {
        if (Call.Route.Shape == ProviderShape.Perplexity && Call.StatesUsage)
            WriteUsage(produced);
        Writer.Write("}\n\n"u8);
    }

    private void WriteUsage(long produced)
    {
        Writer.Write(",\"usage\":"u8);
        CompatibleUsage.Write(Writer, Call, produced);
    }

    private void WriteGroqUsage()
    {
        Writer.Write($$""","x_groq":{"id":"{{CompatibleChat.RequestId(Call)}}","usage":""");
        CompatibleUsage.Write(Writer, Call, Call.Usage.Output);
        Writer.Write("}"u8);
    }
}
