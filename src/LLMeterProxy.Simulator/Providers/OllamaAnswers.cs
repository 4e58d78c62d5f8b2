using System.Globalization;
using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>Ollama's native answers, not streamed: the last line of a stream with the whole text in it.</summary>
internal static class OllamaAnswers
{
    public static void Write(SimulatedCall call, BodyWriter w)
    {
        Open(w, call);
        if (call.CallsTool)
        {
            w.Write($$$""","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"{{{call.ToolName}}}","arguments":{{{ToolArguments.Json}}}}}]}""");
        }
        else
        {
            OpenText(w, call);
            call.WriteText(w, 0);
            CloseText(w, call);
        }

        WriteEnd(w, call);
        w.Write("}"u8);
    }

    public static void WriteEmbeddings(SimulatedCall call, BodyWriter w)
    {
        w.Write($"{{\"model\":\"{call.ModelText}\",\"embeddings\":[");
        for (var i = 0; i < call.Fields.Inputs; i++)
        {
            if (i > 0)
                w.Write(","u8);
            w.Write(OpenAIEmbeddings.Numbers(call.Fields.Dimensions ?? 768));
        }

        w.Write("],\"total_duration\":14143917,\"load_duration\":1019500"u8);
        if (call.StatesUsage)
            w.Write($",\"prompt_eval_count\":{call.Usage.Input}");
        w.Write("}"u8);
    }

    public static void Open(BodyWriter w, SimulatedCall call) =>
        w.Write($"{{\"model\":\"{call.ModelText}\",\"created_at\":\"{call.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)}\"");

    /// <summary>Up to the text: a message in a chat, a plain string in <c>generate</c>.</summary>
    public static void OpenText(BodyWriter w, SimulatedCall call) =>
        w.Write(IsChat(call) ? ",\"message\":{\"role\":\"assistant\",\"content\":\""u8 : ",\"response\":\""u8);

    public static void CloseText(BodyWriter w, SimulatedCall call) => w.Write(IsChat(call) ? "\"}"u8 : "\""u8);

    /// <summary>What only the last line has: why it ended, how long it took in nanoseconds, and the counts.</summary>
    public static void WriteEnd(BodyWriter w, SimulatedCall call)
    {
        w.Write($",\"done\":true,\"done_reason\":\"{(call.StopsAtLimit ? "length" : "stop")}\",\"total_duration\":1880837250,\"load_duration\":10085000");
        if (call.StatesUsage)
            w.Write($",\"prompt_eval_count\":{call.Usage.Input},\"prompt_eval_duration\":33781000,\"eval_count\":{call.Usage.Output},\"eval_duration\":1844565000");
    }

    private static bool IsChat(SimulatedCall call) => call.Route.Operation == SimulatedOperation.Chat;
}
