using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>
/// Chat completions, completions, embeddings and moderations: one object, or a stream of chunks that ends in <c>[DONE]</c>. The
/// usage may stand in a chunk of its own, beside the finish reason, or in every chunk.
/// </summary>
internal sealed class ChatReader(byte[][] textMembers) : ResponseReader
{
    private static readonly FieldNode[] _message =
    [
        FieldNode.Text("content"u8, FieldNode.Text("text"u8), FieldNode.Parent("thinking"u8, FieldNode.Text("text"u8))),
        FieldNode.Text("reasoning_content"u8),
        FieldNode.Text("reasoning"u8),
        FieldNode.Text("refusal"u8),
        FieldNode.Parent("tool_calls"u8, FieldNode.Parent("function"u8, FieldNode.Text("arguments"u8))),
        FieldNode.Parent("function_call"u8, FieldNode.Text("arguments"u8)),
    ];

    private static readonly FieldNode _fields = FieldNode.Root(
        FieldNode.Value("id"u8, ResponseField.Id),
        FieldNode.Value("model"u8, ResponseField.Model),
        FieldNode.Value("service_tier"u8, ResponseField.ServiceTier),
        FieldNode.Value("usage"u8, ResponseField.Usage),
        FieldNode.Value("error"u8, ResponseField.Error),
        FieldNode.Parent("x_groq"u8, FieldNode.Value("usage"u8, ResponseField.UsageCopy), FieldNode.Value("error"u8, ResponseField.Error)),
        FieldNode.Elements(
            "choices"u8,
            ResponseField.Choice,
            FieldNode.Value("finish_reason"u8, ResponseField.FinishReason),
            FieldNode.Value("usage"u8, ResponseField.UsageCopy),
            FieldNode.Parent("delta"u8, _message),
            FieldNode.Parent("message"u8, _message),
            FieldNode.Text("text"u8)));

    /// <summary>The text members of chat chunks. <c>text</c> is for Mistral's content parts.</summary>
    public static byte[][] ChatText { get; } =
    [
        "\"content\""u8.ToArray(), "\"reasoning_content\""u8.ToArray(), "\"reasoning\""u8.ToArray(), "\"refusal\""u8.ToArray(),
        "\"arguments\""u8.ToArray(), "\"text\""u8.ToArray(),
    ];

    /// <summary>Without <c>text</c>: OpenRouter repeats all reasoning under <c>reasoning_details</c>.</summary>
    public static byte[][] OpenRouterText { get; } = ChatText[..^1];

    public static byte[][] CompletionText { get; } = ["\"text\""u8.ToArray()];

    public override FieldNode EventFields => _fields;

    public override TerminalEvents Terminal => TerminalEvents.DoneMarker;

    public override byte[][] TextMembers => textMembers;

    public override bool IsCandidate(ReadOnlySpan<byte> rawEvent) =>
        !IsModelKnown
        || WireSearch.HasMember(rawEvent, "\"usage\""u8)
        || WireSearch.HasMember(rawEvent, "\"finish_reason\""u8)
        || WireSearch.HasMember(rawEvent, "\"error\""u8);

    protected override UsageState ReadUsage(ReadOnlySpan<byte> raw, out UsageReading? reading) => OpenAiUsage.Read(raw, out reading);
}
