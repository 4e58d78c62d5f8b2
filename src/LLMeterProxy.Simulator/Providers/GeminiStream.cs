using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>
/// Gemini <c>streamGenerateContent</c>: events with CRLF under <c>alt=sse</c>, else one JSON array that grows. Every piece
/// states the usage so far; thoughts stand beside the candidates' tokens.
/// </summary>
internal sealed class GeminiStream(SimulatedCall call, BodyWriter writer, bool isArray) : AnswerStream(call, writer)
{
    private bool _begun;

    protected override int TokensPerEvent => 8;

    protected override IEnumerable<long> Opening() => [];

    protected override void OpenDelta(int choice)
    {
        Begin();
        Writer.Write("{\"candidates\": [{\"content\": {\"parts\": [{\"text\": \""u8);
    }

    protected override void CloseDelta(int choice, long produced, bool isLast)
    {
        Writer.Write("\"}],\"role\": \"model\"}"u8);
        EndPiece(choice, produced, isLast);
    }

    protected override IEnumerable<long> ToolCall()
    {
        Begin();
        Writer.Write($$$"""{"candidates": [{"content": {"parts": [{"functionCall": {"name": "{{{Call.ToolName}}}","args": {{{ToolArguments.Json}}}}}],"role": "model"}""");
        EndPiece(0, Call.Usage.Output, isLast: true);
        yield return Call.Usage.Output;
    }

    protected override void ErrorEvent()
    {
        Begin();
        Writer.Write("{\"error\": {\"code\": 503,\"message\": \"The model is overloaded. Please try again later.\",\"status\": \"UNAVAILABLE\"}}"u8);
        Writer.Write(isArray ? "\n]"u8 : "\r\n\r\n"u8);
    }

    protected override IEnumerable<long> Closing()
    {
        if (Call.Usage.Visible == 0)
        {
            Begin();
            Writer.Write("{\"candidates\": [{\"content\": {\"role\": \"model\"}"u8);
            EndPiece(0, Call.Usage.Output, isLast: true);
            yield return Call.Usage.Output;
        }

        if (isArray && !Call.Scenario.NoDone)
        {
            Writer.Write("\n]"u8);
            yield return Call.Usage.Output;
        }
    }

    private void Begin()
    {
        if (!isArray)
            Writer.Write("data: "u8);
        else if (_begun)
            Writer.Write("\n,\n"u8);
        else
            Writer.Write("["u8);
        _begun = true;
    }

    private void EndPiece(int choice, long produced, bool isLast)
    {
        if (isLast)
            Writer.Write($",\"finishReason\": \"{GeminiContent.FinishReason(Call)}\"");
        Writer.Write($",\"index\": {choice}}}]");
        if (Call.StatesUsage)
            WriteUsage(produced);
        Writer.Write($",\"modelVersion\": \"{Call.ModelText}\",\"responseId\": \"{Call.Id}\"}}");
        if (!isArray)
            Writer.Write("\r\n\r\n"u8);
    }

    private void WriteUsage(long produced)
    {
        var u = Call.Usage;
        Writer.Write($$"""
            ,"usageMetadata": {"promptTokenCount": {{u.Input}},"candidatesTokenCount": {{produced - u.Reasoning}},"totalTokenCount": {{u.Input + produced}}
            """);
        if (u.Cached > 0)
            Writer.Write($",\"cachedContentTokenCount\": {u.Cached}");
        Writer.Write($$"""
            ,"promptTokensDetails": [{"modality": "TEXT","tokenCount": {{u.Input}}}]
            """);
        if (u.Reasoning > 0)
            Writer.Write($",\"thoughtsTokenCount\": {u.Reasoning}");
        Writer.Write("}"u8);
    }
}
