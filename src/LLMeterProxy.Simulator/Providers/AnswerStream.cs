using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>
/// An answer as a sequence of events. The order of events and the scripted disturbances are the same for all providers
/// and are here; a provider says how each looks. Events are written one at a time into a shared buffer, so that an answer
/// of any length takes the memory of one event; each step yields how many output tokens exist once its event is begun.
/// </summary>
internal abstract class AnswerStream(SimulatedCall call, BodyWriter writer)
{
    private const int PaddingPerEvent = 16 * 1024;

    protected SimulatedCall Call { get; } = call;

    protected BodyWriter Writer { get; } = writer;

    /// <summary>How many tokens the provider puts into one event.</summary>
    protected virtual int TokensPerEvent => 1;

    public IEnumerable<long> Events()
    {
        foreach (var produced in Opening())
            yield return produced;
        var tokens = Call.Usage.Reasoning;
        if (Call.CallsTool)
        {
            foreach (var produced in ToolCall())
                yield return produced;
        }
        else
        {
            var half = Call.Usage.Reasoning + (Call.Usage.Visible / 2);
            var disturbed = false;
            var longest = Call.VisibleOf(0);
            for (var i = 0; i < longest; i += TokensPerEvent)
            {
                for (var choice = 0; choice < Call.Choices; choice++)
                {
                    var count = Call.VisibleOf(choice);
                    var end = Math.Min(i + TokensPerEvent, count);
                    if (end <= i)
                        continue;
                    tokens += end - i;
                    OpenDelta(choice);
                    PseudoText.Write(Writer, i, end, count, Call.Fields.JsonAnswer);
                    CloseDelta(choice, tokens, isLast: tokens == Call.Usage.Output);
                    yield return tokens;
                }

                if (disturbed || tokens < half)
                    continue;
                disturbed = true;
                foreach (var produced in Padding(tokens))
                    yield return produced;
                if (Call.Scenario.ErrorEventMidStream)
                {
                    ErrorEvent();
                    yield return tokens;
                    yield break;
                }
            }
        }

        foreach (var produced in Closing())
            yield return produced;
    }

    /// <summary>What comes before the first token.</summary>
    protected abstract IEnumerable<long> Opening();

    /// <summary>The event of some text up to the text itself.</summary>
    protected abstract void OpenDelta(int choice);

    /// <summary>The rest of that event. <paramref name="produced"/>: output tokens of the call including these.</summary>
    protected abstract void CloseDelta(int choice, long produced, bool isLast);

    /// <summary>The events of a tool call in place of text.</summary>
    protected abstract IEnumerable<long> ToolCall();

    /// <summary>The provider's error inside a stream, and whatever it sends after that.</summary>
    protected abstract void ErrorEvent();

    /// <summary>What comes after the last token.</summary>
    protected abstract IEnumerable<long> Closing();

    private IEnumerable<long> Padding(long tokens)
    {
        for (var rest = Call.Scenario.BigBodyBytes; rest > 0; rest -= PaddingPerEvent)
        {
            WritePadding(Math.Min(rest, PaddingPerEvent), tokens);
            yield return tokens;
        }

        if (Call.Scenario.HugeLineBytes > 0)
        {
            WritePadding(Call.Scenario.HugeLineBytes, tokens);
            yield return tokens;
        }
    }

    private void WritePadding(int bytes, long tokens)
    {
        OpenDelta(0);
        Writer.Fill((byte)'x', bytes);
        CloseDelta(0, tokens, isLast: false);
    }
}
