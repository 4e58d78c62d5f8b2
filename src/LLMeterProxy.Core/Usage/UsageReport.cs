using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Usage;

/// <summary>What a usage collector read from one response, complete or as far as it came.</summary>
public sealed record UsageReport
{
    public static readonly UsageReport Nothing = new();

    /// <summary>Null where the response carried no usage at all; then the settlement estimates.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>
    /// True where <see cref="Usage"/> is the provider's final word. False for an interim figure
    /// (Anthropic's <c>message_start</c>): a floor for the estimate of a cut stream.
    /// </summary>
    public bool IsFinal { get; init; }

    /// <summary>
    /// The provider stated the output and left the input out, which is not the same as none (Ollama, where the prompt was
    /// cached): the settlement estimates the input alone.
    /// </summary>
    public bool IsInputMissing { get; init; }

    /// <summary>The model that the response names; null where it names none.</summary>
    public string? Model { get; init; }

    /// <summary>The tier that the response says served the call (<c>default</c>, <c>flex</c>, <c>priority</c>, <c>batch</c>, …); null where not said.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>The provider's id of the response (<c>chatcmpl-…</c>, <c>msg_…</c>); null where none was seen.</summary>
    public string? ResponseId { get; init; }

    /// <summary>Speed or region facts that multiply the price (Anthropic <c>speed</c>, <c>inference_geo</c>); null where not said.</summary>
    public string? Speed { get; init; }

    /// <inheritdoc cref="Speed"/>
    public string? InferenceGeo { get; init; }

    /// <summary>The cost that the provider states for the call; null where it states none.</summary>
    public NanoUsd? ProviderCost { get; init; }

    /// <summary>Tokens billed beside the totals, with their own model.</summary>
    public IReadOnlyList<ExtraUsage> Extra { get; init; } = [];

    /// <summary>The usage object as it was on the wire, UTF-8 JSON, numbers and names only; empty where none was seen.</summary>
    public ReadOnlyMemory<byte> RawUsage { get; init; }

    /// <summary>Values of <see cref="UsageFlags"/>.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>Bytes of generated text that passed, the base of an estimate.</summary>
    public long OutputTextBytes { get; init; }

    /// <summary>A finish or stop reason was seen: the generation is over, whatever still follows.</summary>
    public bool FinishSeen { get; init; }

    /// <summary>The terminal event, or the close of the top-level JSON value, was seen.</summary>
    public bool TerminalSeen { get; init; }

    /// <summary>An error object or error event inside a 200 response was seen.</summary>
    public bool ErrorSeen { get; init; }
}
