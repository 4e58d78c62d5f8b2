using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>
/// Where the vendors' native formats state what metering looks at. The paths of all vendors are in one tree, because no two of
/// them mean different things by one path, and a model's id (an ARN) need not tell its vendor. The formats are those of the
/// inference parameters in the Amazon Bedrock user guide.
/// </summary>
internal static class InvokeFields
{
    /// <summary>The JSON in one chunk of a stream. Its text is counted by a search.</summary>
    public static readonly FieldNode Chunk = FieldNode.Root(
    [
        .. Shared(),
        FieldNode.Parent("message"u8, FieldNode.Value("id"u8, ResponseField.Id), FieldNode.Value("usage"u8, ResponseField.OpeningUsage)),
        FieldNode.Parent("delta"u8, FieldNode.Value("stop_reason"u8, ResponseField.FinishReason)),
        FieldNode.Parent("messageStop"u8, FieldNode.Value("stopReason"u8, ResponseField.FinishReason)),
        FieldNode.Parent("metadata"u8, FieldNode.Value("usage"u8, ResponseField.Usage)),
        FieldNode.Parent("outputs"u8, FieldNode.Value("stop_reason"u8, ResponseField.FinishReason)),
        FieldNode.Parent(
            "choices"u8,
            FieldNode.Value("finish_reason"u8, ResponseField.FinishReason),
            FieldNode.Value("stop_reason"u8, ResponseField.FinishReason)),
    ]);

    /// <summary>A whole body.</summary>
    public static readonly FieldNode Body = FieldNode.Root(
    [
        .. Shared(),

        // Anthropic; its old text completions; Nova.
        FieldNode.Parent("content"u8, FieldNode.Text("text"u8), FieldNode.Text("thinking"u8)),
        FieldNode.Text("completion"u8),
        FieldNode.Parent("output"u8, FieldNode.Parent("message"u8, FieldNode.Parent("content"u8, FieldNode.Text("text"u8)))),

        // Llama; Titan.
        FieldNode.Text("generation"u8),
        FieldNode.Value("prompt_token_count"u8, ResponseField.InputCount),
        FieldNode.Value("generation_token_count"u8, ResponseField.OutputCount),
        FieldNode.Value("inputTextTokenCount"u8, ResponseField.InputCount),
        FieldNode.Parent(
            "results"u8,
            FieldNode.Value("tokenCount"u8, ResponseField.OutputCount),
            FieldNode.Value("completionReason"u8, ResponseField.FinishReason),
            FieldNode.Text("outputText"u8)),

        // Mistral; everything like OpenAI (and AI21's Jamba, DeepSeek, Qwen); Cohere; AI21's Jurassic.
        FieldNode.Parent("outputs"u8, FieldNode.Text("text"u8), FieldNode.Value("stop_reason"u8, ResponseField.FinishReason)),
        FieldNode.Parent(
            "choices"u8,
            FieldNode.Value("finish_reason"u8, ResponseField.FinishReason),
            FieldNode.Value("stop_reason"u8, ResponseField.FinishReason),
            FieldNode.Text("text"u8),
            FieldNode.Parent("message"u8, FieldNode.Text("content"u8, FieldNode.Text("text"u8)), FieldNode.Text("reasoning_content"u8))),
        FieldNode.Text("text"u8),
        FieldNode.Parent("message"u8, FieldNode.Parent("content"u8, FieldNode.Text("text"u8))),
        FieldNode.Parent("generations"u8, FieldNode.Text("text"u8), FieldNode.Value("finish_reason"u8, ResponseField.FinishReason)),
        FieldNode.Parent("completions"u8, FieldNode.Parent("data"u8, FieldNode.Text("text"u8))),

        // Nova Canvas, Titan Image and Stability; Stability's older form.
        FieldNode.Elements("images"u8, ResponseField.Image),
        FieldNode.Elements("artifacts"u8, ResponseField.Image),
    ]);

    public static readonly byte[][] Text =
    [
        "\"text\""u8.ToArray(), "\"thinking\""u8.ToArray(), "\"partial_json\""u8.ToArray(), "\"completion\""u8.ToArray(),
        "\"generation\""u8.ToArray(), "\"outputText\""u8.ToArray(), "\"content\""u8.ToArray(), "\"reasoning_content\""u8.ToArray(),
        "\"input\""u8.ToArray(), "\"arguments\""u8.ToArray(),
    ];

    private static readonly byte[][] _candidates =
    [
        "\"usage\""u8.ToArray(), "\"amazon-bedrock-invocationMetrics\""u8.ToArray(), "\"stop_reason\""u8.ToArray(),
        "\"stopReason\""u8.ToArray(), "\"completionReason\""u8.ToArray(), "\"finish_reason\""u8.ToArray(), "\"error\""u8.ToArray(),
        "\"amazon-bedrock-trace\""u8.ToArray(),
    ];

    public static bool IsCandidate(ReadOnlySpan<byte> json)
    {
        foreach (var member in _candidates)
        {
            if (WireSearch.HasMember(json, member))
            {
                return true;
            }
        }

        return false;
    }

    private static FieldNode[] Shared() =>
    [
        FieldNode.Value("usage"u8, ResponseField.Usage),
        FieldNode.Value("amazon-bedrock-invocationMetrics"u8, ResponseField.InvocationMetrics),
        FieldNode.Value("amazon-bedrock-guardrailAction"u8, ResponseField.GuardrailAction),
        FieldNode.Parent("amazon-bedrock-trace"u8, FieldNode.Value("guardrail"u8, ResponseField.Guardrail)),
        FieldNode.Value("id"u8, ResponseField.Id),
        FieldNode.Value("type"u8, ResponseField.Type),
        FieldNode.Value("error"u8, ResponseField.Error),
        FieldNode.Value("stop_reason"u8, ResponseField.FinishReason),
        FieldNode.Value("stopReason"u8, ResponseField.FinishReason),
        FieldNode.Value("completionReason"u8, ResponseField.FinishReason),
        FieldNode.Value("finish_reason"u8, ResponseField.FinishReason),
    ];
}
