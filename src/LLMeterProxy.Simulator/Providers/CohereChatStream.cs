using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>Cohere's chat of the second version as named events; what is billed comes with the last.</summary>
internal sealed class CohereChatStream(SimulatedCall call, BodyWriter writer) : AnswerStream(call, writer)
{
    protected override IEnumerable<long> Opening()
    {
        Event("message-start", $$$$"""{"id":"{{{{Call.Id}}}}","type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}""");
        yield return Call.Usage.Reasoning;
        if (Call.CallsTool)
            yield break;
        Event("content-start", """{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}""");
        yield return Call.Usage.Reasoning;
    }

    protected override void OpenDelta(int choice) =>
        Writer.Write("event: content-delta\ndata: {\"type\":\"content-delta\",\"index\":0,\"delta\":{\"message\":{\"content\":{\"text\":\""u8);

    protected override void CloseDelta(int choice, long produced, bool isLast) => Writer.Write("\"}}}}\n\n"u8);

    protected override IEnumerable<long> ToolCall()
    {
        Event("tool-plan-delta", """{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"I will look that up."}}}""");
        yield return Call.Usage.Reasoning;
        Event("tool-call-start", $$$$$$"""{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"{{{{{{CohereAnswers.ToolCallId(Call)}}}}}}","type":"function","function":{"name":"{{{{{{Call.ToolName}}}}}}","arguments":""}}}}}""");
        yield return Call.Usage.Reasoning;
        for (var i = 0; i < ToolArguments.Pieces.Count; i++)
        {
            Event("tool-call-delta", $$$$$$"""{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{{{{{{ToolArguments.Pieces[i]}}}}}}"}}}}}""");
            yield return ToolArguments.Produced(Call.Usage.Reasoning, Call.Usage.Output, i);
        }

        Event("tool-call-end", """{"type":"tool-call-end","index":0}""");
        yield return Call.Usage.Output;
    }

    protected override void ErrorEvent() =>
        Event("message-end", """{"type":"message-end","delta":{"error":"internal server error","finish_reason":"ERROR"}}""");

    protected override IEnumerable<long> Closing()
    {
        if (!Call.CallsTool)
        {
            Event("content-end", """{"type":"content-end","index":0}""");
            yield return Call.Usage.Output;
        }

        Writer.Write($"event: message-end\ndata: {{\"type\":\"message-end\",\"delta\":{{\"finish_reason\":\"{CohereAnswers.FinishReason(Call)}\"");
        if (Call.StatesUsage)
        {
            Writer.Write(",\"usage\":"u8);
            CohereAnswers.WriteUsage(Writer, Call);
        }

        Writer.Write("}}\n\n"u8);
        yield return Call.Usage.Output;
        if (!Call.Scenario.NoDone)
        {
            Writer.Write("data: [DONE]\n\n"u8);
            yield return Call.Usage.Output;
        }
    }

    private void Event(string name, string json) => Writer.Write($"event: {name}\ndata: {json}\n\n");
}
