using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>Anthropic messages as named events: input at the start, cumulative usage at the end.</summary>
internal sealed class AnthropicMessagesStream(SimulatedCall call, BodyWriter writer) : AnswerStream(call, writer)
{
    protected override int TokensPerEvent => 3;

    protected override IEnumerable<long> Opening()
    {
        Writer.Write($$$"""event: message_start{{{"\n"}}}data: {"type":"message_start","message":{"model":"{{{Call.ModelText}}}","id":"{{{Call.Id}}}","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null""");
        if (Call.StatesUsage)
        {
            Writer.Write(",\"usage\":"u8);
            AnthropicUsage.Write(Writer, Call, Math.Min(1, Call.Usage.Output));
        }

        Writer.Write("}}\n\n"u8);
        yield return Math.Min(1, Call.Usage.Output);
        if (Call.CallsTool)
            Writer.Write($$$"""event: content_block_start{{{"\n"}}}data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"{{{AnthropicMessages.ToolUseId(Call)}}}","name":"{{{Call.ToolName}}}","input":{} } }{{{"\n\n"}}}""");
        else
            Writer.Write("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"} }\n\n"u8);
        yield return Math.Max(Call.Usage.Reasoning, Math.Min(1, Call.Usage.Output));
        Writer.Write("event: ping\ndata: {\"type\": \"ping\"}\n\n"u8);
        yield return Math.Max(Call.Usage.Reasoning, Math.Min(1, Call.Usage.Output));
    }

    protected override void OpenDelta(int choice) =>
        Writer.Write("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\""u8);

    // Anthropic pads its events with blanks after the last brace but one, in a length that varies.
    protected override void CloseDelta(int choice, long produced, bool isLast)
    {
        Writer.Write("\"}"u8);
        Writer.Fill((byte)' ', (int)(produced * 7 % 13));
        Writer.Write("}\n\n"u8);
    }

    protected override IEnumerable<long> ToolCall()
    {
        for (var i = 0; i < ToolArguments.Pieces.Count; i++)
        {
            Writer.Write($$$"""event: content_block_delta{{{"\n"}}}data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{{{ToolArguments.Pieces[i]}}}"}}{{{"\n\n"}}}""");
            yield return ToolArguments.Produced(Call.Usage.Reasoning, Call.Usage.Output, i);
        }
    }

    protected override void ErrorEvent() =>
        Writer.Write($$$"""event: error{{{"\n"}}}data: {"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"},"request_id":"{{{ProviderHeaders.AnthropicRequestId(Call.IdSeed)}}}"}{{{"\n\n"}}}""");

    protected override IEnumerable<long> Closing()
    {
        Writer.Write("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0 }\n\n"u8);
        yield return Call.Usage.Output;
        for (var times = Call.Scenario.UsageTwice ? 2 : 1; times > 0; times--)
        {
            Writer.Write($$$"""event: message_delta{{{"\n"}}}data: {"type":"message_delta","delta":{"stop_reason":"{{{AnthropicMessages.StopReason(Call)}}}","stop_sequence":null,"stop_details":null}""");
            if (Call.StatesUsage)
            {
                Writer.Write(",\"usage\":"u8);
                AnthropicUsage.WriteDelta(Writer, Call);
            }

            Writer.Write("   }\n\n"u8);
            yield return Call.Usage.Output;
        }

        if (!Call.Scenario.NoDone)
        {
            Writer.Write("event: message_stop\ndata: {\"type\":\"message_stop\"           }\n\n"u8);
            yield return Call.Usage.Output;
        }
    }
}
