using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>OpenAI's Responses API as typed events; the usage is in the last one, and there is no <c>[DONE]</c>.</summary>
internal sealed class OpenAIResponsesStream(SimulatedCall call, BodyWriter writer) : AnswerStream(call, writer)
{
    private readonly string _message = OpenAIResponses.MessageId(call);
    private readonly string _function = OpenAIResponses.FunctionItemId(call);
    private int _number;

    protected override IEnumerable<long> Opening()
    {
        foreach (var name in (ReadOnlySpan<string>)["created", "in_progress"])
            WriteState(name, isDone: false);
        yield return 0;
        Writer.Write("event: response.output_item.added\ndata: {\"type\":\"response.output_item.added\",\"output_index\":0,\"item\":"u8);
        OpenAIResponses.WriteItem(Call, Writer, isDone: false);
        End();
        yield return Call.Usage.Reasoning;
        if (Call.CallsTool)
            yield break;
        WritePart("added", isDone: false);
        yield return Call.Usage.Reasoning;
    }

    protected override void OpenDelta(int choice) =>
        Writer.Write($"event: response.output_text.delta\ndata: {{\"type\":\"response.output_text.delta\",\"item_id\":\"{_message}\",\"output_index\":0,\"content_index\":0,\"delta\":\"");

    protected override void CloseDelta(int choice, long produced, bool isLast)
    {
        Writer.Write("\",\"logprobs\":[]"u8);
        End();
    }

    protected override IEnumerable<long> ToolCall()
    {
        for (var i = 0; i < ToolArguments.Pieces.Count; i++)
        {
            Writer.Write($"event: response.function_call_arguments.delta\ndata: {{\"type\":\"response.function_call_arguments.delta\",\"item_id\":\"{_function}\",\"output_index\":0,\"delta\":\"{ToolArguments.Pieces[i]}\"");
            End();
            yield return ToolArguments.Produced(Call.Usage.Reasoning, Call.Usage.Output, i);
        }

        Writer.Write($"event: response.function_call_arguments.done\ndata: {{\"type\":\"response.function_call_arguments.done\",\"item_id\":\"{_function}\",\"output_index\":0,\"arguments\":\"{ToolArguments.Escaped}\"");
        End();
        yield return Call.Usage.Output;
    }

    protected override void ErrorEvent()
    {
        Writer.Write($$$"""event: error{{{"\n"}}}data: {"type":"error","sequence_number":{{{_number++}}},"error":{"type":"server_error","code":"server_error","message":"The server had an error while processing your request. Sorry about that!","param":null}}{{{"\n\n"}}}""");
        Writer.Write($$$"""event: response.failed{{{"\n"}}}data: {"type":"response.failed","response":{"id":"{{{Call.Id}}}","object":"response","created_at":{{{Call.At.ToUnixTimeSeconds()}}},"status":"failed","background":false,"error":{"code":"server_error","message":"The server had an error while processing your request. Sorry about that!"},"incomplete_details":null,"model":"{{{Call.ModelText}}}","output":[],"usage":null,"user":null,"metadata":{}}""");
        End();
    }

    protected override IEnumerable<long> Closing()
    {
        if (!Call.CallsTool)
        {
            Writer.Write($"event: response.output_text.done\ndata: {{\"type\":\"response.output_text.done\",\"item_id\":\"{_message}\",\"output_index\":0,\"content_index\":0,\"text\":\"");
            Call.WriteText(Writer, 0);
            Writer.Write("\",\"logprobs\":[]"u8);
            End();
            yield return Call.Usage.Output;
            WritePart("done", isDone: true);
            yield return Call.Usage.Output;
        }

        Writer.Write("event: response.output_item.done\ndata: {\"type\":\"response.output_item.done\",\"output_index\":0,\"item\":"u8);
        OpenAIResponses.WriteItem(Call, Writer, isDone: true);
        End();
        yield return Call.Usage.Output;
        for (var times = Call.Scenario.UsageTwice ? 2 : 1; times > 0 && !Call.Scenario.NoDone; times--)
        {
            WriteState(Call.StopsAtLimit ? "incomplete" : "completed", isDone: true);
            yield return Call.Usage.Output;
        }
    }

    private void WriteState(string name, bool isDone)
    {
        Writer.Write($"event: response.{name}\ndata: {{\"type\":\"response.{name}\",\"response\":");
        OpenAIResponses.WriteObject(Call, Writer, isDone);
        End();
    }

    private void WritePart(string name, bool isDone)
    {
        Writer.Write($"event: response.content_part.{name}\ndata: {{\"type\":\"response.content_part.{name}\",\"item_id\":\"{_message}\",\"output_index\":0,\"content_index\":0,\"part\":");
        OpenAIResponses.WritePart(Call, Writer, isDone);
        End();
    }

    private void End() => Writer.Write($",\"sequence_number\":{_number++}}}\n\n");
}
