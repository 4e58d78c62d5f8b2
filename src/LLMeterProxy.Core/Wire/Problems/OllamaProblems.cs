using System.Buffers;
using System.Text.Json;

namespace LLMeterProxy.Core.Wire.Problems;

/// <summary>Ollama's error body: <c>{"error":"…"}</c>, with our stable code as one more member.</summary>
public sealed class OllamaProblems : ProblemShape
{
    public static readonly OllamaProblems Instance = new();

    private OllamaProblems()
    {
    }

    public override string? RequestIdHeader => null;

    public override int Status(ProblemCode code) => OpenAiProblems.Instance.Status(code);

    public override void Write(Problem problem, string requestId, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("error"u8, problem.Message);
        json.WriteString("code"u8, Name(problem.Code));
        json.WriteEndObject();
    }
}
