using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>Ollama's native answers as lines of JSON; the counts are in the last.</summary>
internal sealed class OllamaStream(SimulatedCall call, BodyWriter writer) : AnswerStream(call, writer)
{
    protected override IEnumerable<long> Opening() => [];

    protected override void OpenDelta(int choice)
    {
        OllamaAnswers.Open(Writer, Call);
        OllamaAnswers.OpenText(Writer, Call);
    }

    protected override void CloseDelta(int choice, long produced, bool isLast)
    {
        OllamaAnswers.CloseText(Writer, Call);
        Writer.Write(",\"done\":false}\n"u8);
    }

    protected override IEnumerable<long> ToolCall()
    {
        OllamaAnswers.Open(Writer, Call);
        Writer.Write($$$""","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"{{{Call.ToolName}}}","arguments":{{{ToolArguments.Json}}}}}]},"done":false}""");
        Writer.Write("\n"u8);
        yield return Call.Usage.Output;
    }

    protected override void ErrorEvent() => Writer.Write("{\"error\":\"an error was encountered while running the model\"}\n"u8);

    protected override IEnumerable<long> Closing()
    {
        if (Call.Scenario.NoDone)
            yield break;
        OllamaAnswers.Open(Writer, Call);
        OllamaAnswers.OpenText(Writer, Call);
        OllamaAnswers.CloseText(Writer, Call);
        OllamaAnswers.WriteEnd(Writer, Call);
        Writer.Write("}\n"u8);
        yield return Call.Usage.Output;
    }
}
