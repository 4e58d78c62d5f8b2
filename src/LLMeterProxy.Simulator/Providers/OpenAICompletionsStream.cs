using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>OpenAI's legacy completions as server-sent events.</summary>
internal sealed class OpenAICompletionsStream(SimulatedCall call, BodyWriter writer) : AnswerStream(call, writer)
{
    private readonly string _prefix = $$"""data: {"id":"{{call.Id}}","object":"text_completion","created":{{call.At.ToUnixTimeSeconds()}},"choices":[""";

    private readonly string _suffix = $"],\"model\":\"{call.ModelText}\"{(call.Fields.IncludeUsage ? ",\"usage\":null" : "")}}}\n\n";

    protected override IEnumerable<long> Opening() => [];

    protected override void OpenDelta(int choice)
    {
        Writer.Text(_prefix);
        Writer.Write("{\"text\":\""u8);
    }

    protected override void CloseDelta(int choice, long produced, bool isLast)
    {
        var reason = isLast ? $"\"{OpenAIChat.FinishReason(Call)}\"" : "null";
        Writer.Write($"\",\"index\":{choice},\"logprobs\":null,\"finish_reason\":{reason}}}{_suffix}");
    }

    // Legacy completions know no tools.
    protected override IEnumerable<long> ToolCall() => [];

    protected override void ErrorEvent() =>
        Writer.Write("data: {\"error\":{\"message\":\"The server had an error while processing your request. Sorry about that!\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n"u8);

    protected override IEnumerable<long> Closing()
    {
        for (var times = Call.Scenario.UsageTwice ? 2 : 1; times > 0 && Call.Fields.IncludeUsage && Call.StatesUsage; times--)
        {
            Writer.Write($"{_prefix}],\"model\":\"{Call.ModelText}\",\"usage\":");
            OpenAIUsage.WriteCompletions(Writer, Call);
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
