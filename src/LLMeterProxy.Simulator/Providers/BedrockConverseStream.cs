using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>Bedrock Converse as binary frames, each padded to hide its length; the usage is in the last, of type <c>metadata</c>.</summary>
internal sealed class BedrockConverseStream(SimulatedCall call, BodyWriter writer) : AnswerStream(call, writer)
{
    protected override int TokensPerEvent => 3;

    protected override IEnumerable<long> Opening()
    {
        Writer.Write("{\"p\":\"abcdefgh\",\"role\":\"assistant\"}"u8);
        EventStreamFrame.WrapEvent(Writer, "messageStart");
        yield return Call.Usage.Reasoning;
    }

    protected override void OpenDelta(int choice) => Writer.Write("{\"contentBlockIndex\":0,\"delta\":{\"text\":\""u8);

    protected override void CloseDelta(int choice, long produced, bool isLast)
    {
        Writer.Write($"\"}},\"p\":\"{BedrockPadding.Of(produced)}\"}}");
        EventStreamFrame.WrapEvent(Writer, "contentBlockDelta");
    }

    protected override IEnumerable<long> ToolCall()
    {
        Writer.Write($$$$"""{"contentBlockIndex":0,"p":"abc","start":{"toolUse":{"name":"{{{{Call.ToolName}}}}","toolUseId":"{{{{BedrockConverse.ToolUseId(Call)}}}}"}}}""");
        EventStreamFrame.WrapEvent(Writer, "contentBlockStart");
        yield return Call.Usage.Reasoning;
        for (var i = 0; i < ToolArguments.Pieces.Count; i++)
        {
            Writer.Write($$$$"""{"contentBlockIndex":0,"delta":{"toolUse":{"input":"{{{{ToolArguments.Pieces[i]}}}}"}},"p":"{{{{BedrockPadding.Of(i)}}}}"}""");
            EventStreamFrame.WrapEvent(Writer, "contentBlockDelta");
            yield return ToolArguments.Produced(Call.Usage.Reasoning, Call.Usage.Output, i);
        }
    }

    protected override void ErrorEvent()
    {
        Writer.Write("{\"message\":\"The system encountered an unexpected error during processing. Try your request again.\"}"u8);
        EventStreamFrame.WrapException(Writer, "internalServerException");
    }

    protected override IEnumerable<long> Closing()
    {
        Writer.Write("{\"contentBlockIndex\":0,\"p\":\"ab\"}"u8);
        EventStreamFrame.WrapEvent(Writer, "contentBlockStop");
        yield return Call.Usage.Output;
        Writer.Write($"{{\"p\":\"abcdefghijkl\",\"stopReason\":\"{AnthropicMessages.StopReason(Call)}\"}}");
        EventStreamFrame.WrapEvent(Writer, "messageStop");
        yield return Call.Usage.Output;
        for (var times = Call.Scenario.UsageTwice ? 2 : 1; times > 0 && !Call.Scenario.NoDone; times--)
        {
            Writer.Write("{\"metrics\":{\"latencyMs\":608},\"p\":\"abcdef\""u8);
            if (Call.StatesUsage)
            {
                Writer.Write(",\"usage\":"u8);
                BedrockConverse.WriteUsage(Writer, Call);
            }

            Writer.Write("}"u8);
            EventStreamFrame.WrapEvent(Writer, "metadata");
            yield return Call.Usage.Output;
        }
    }
}
