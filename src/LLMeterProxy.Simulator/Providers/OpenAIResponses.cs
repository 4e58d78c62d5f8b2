using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>The response object of OpenAI's Responses API, as it stands alone and inside its events.</summary>
internal static class OpenAIResponses
{
    public static void Write(SimulatedCall call, BodyWriter w)
    {
        WriteObject(call, w, isDone: true);
        w.Write("\n"u8);
    }

    /// <summary>Writes the object: without output and usage while in progress, with both at the end.</summary>
    public static void WriteObject(SimulatedCall call, BodyWriter w, bool isDone)
    {
        var status = !isDone ? "in_progress" : call.StopsAtLimit ? "incomplete" : "completed";
        var limit = call.Fields.OutputLimit is { } tokens ? tokens.ToString() : "null";
        var incomplete = isDone && call.StopsAtLimit ? """{"reason":"max_output_tokens"}""" : "null";
        w.Write($$"""{"id":"{{call.Id}}","object":"response","created_at":{{call.At.ToUnixTimeSeconds()}},"status":"{{status}}","background":false,"error":null,"incomplete_details":{{incomplete}},"instructions":null,"max_output_tokens":{{limit}},"max_tool_calls":null,"model":"{{call.ModelText}}","output":[""");
        if (isDone)
            WriteItem(call, w, isDone: true);
        w.Write($$$"""],"parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":null,"reasoning":{"effort":null,"summary":null},"safety_identifier":null,"service_tier":"{{{(isDone ? call.Tier : "auto")}}}","store":true,"temperature":1.0,"text":{"format":{"type":"text"},"verbosity":"medium"},"tool_choice":"auto","tools":[],"top_logprobs":0,"top_p":1.0,"truncation":"disabled","usage":""");
        if (isDone && call.StatesUsage)
            OpenAIUsage.WriteResponses(w, call);
        else
            w.Write("null"u8);
        w.Write(",\"user\":null,\"metadata\":{}}"u8);
    }

    /// <summary>The one output item: the message, or the function call in its place.</summary>
    public static void WriteItem(SimulatedCall call, BodyWriter w, bool isDone)
    {
        if (call.CallsTool)
        {
            w.Write($$"""{"id":"{{FunctionItemId(call)}}","type":"function_call","status":"{{(isDone ? "completed" : "in_progress")}}","arguments":"{{(isDone ? ToolArguments.Escaped : "")}}","call_id":"{{OpenAIChat.ToolCallId(call)}}","name":"{{call.ToolName}}"}""");
            return;
        }

        var status = !isDone ? "in_progress" : call.StopsAtLimit ? "incomplete" : "completed";
        w.Write($$"""{"id":"{{MessageId(call)}}","type":"message","status":"{{status}}","content":[""");
        if (isDone)
            WritePart(call, w, isDone: true);
        w.Write("],\"role\":\"assistant\"}"u8);
    }

    public static void WritePart(SimulatedCall call, BodyWriter w, bool isDone)
    {
        w.Write("{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":\""u8);
        if (isDone)
            call.WriteText(w, 0);
        w.Write("\"}"u8);
    }

    public static string MessageId(SimulatedCall call) => IdText.Hex("msg_", call.IdSeed + 2, 48);

    public static string FunctionItemId(SimulatedCall call) => IdText.Hex("fc_", call.IdSeed + 3, 48);
}
