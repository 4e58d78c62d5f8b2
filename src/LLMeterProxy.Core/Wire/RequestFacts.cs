using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Wire;

/// <summary>What one pass over a request body yields: all that policy, hold and metering need.</summary>
public sealed record RequestFacts
{
    public static readonly RequestFacts Empty = new();

    /// <summary>The model from the path or the body; null only for operations without one.</summary>
    public string? Model { get; init; }

    public bool Stream { get; init; }

    /// <summary>
    /// Tokens: the largest of the output limits that the body names, per choice, or the limit that the provider documents for
    /// a body that names none (16 for OpenAI's legacy completions); null where there is neither (A7, T43).
    /// </summary>
    public long? MaxOutputTokens { get; init; }

    /// <summary>
    /// n, best_of or candidateCount; 1 where absent. Legacy completions answer each prompt of an array, so there it is times
    /// their number; for embeddings the length of the input array does not count here.
    /// </summary>
    public int Choices { get; init; } = 1;

    /// <summary>As asked for; null where absent or <c>auto</c>/<c>default</c>/<c>standard</c>.</summary>
    public string? ServiceTier { get; init; }

    /// <summary><c>user</c>, <c>safety_identifier</c> or <c>metadata.user_id</c>: a label under the key's tenant, never an identity (T47). At most 256 characters.</summary>
    public string? EndUser { get; init; }

    /// <summary>The name of the first field that makes the input unbounded from here (<c>previous_response_id</c>, file ids, image URLs, …); null where the bytes are all of it.</summary>
    public string? HiddenInput { get; init; }

    /// <summary>The type of the first server-side tool that is billed by call (web search, code interpreter); null where there is none.</summary>
    public string? ServerTool { get; init; }

    /// <summary>The bound on server-tool calls (<c>max_tool_calls</c>, <c>max_uses</c>); null where none is stated.</summary>
    public int? ServerToolCalls { get; init; }

    /// <summary>
    /// What the request alone tells of billed units: the characters of a text to speak, the images asked for by size and
    /// quality. They bound the hold, and are the usage where the response states none. Never null.
    /// </summary>
    public IReadOnlyList<UnitCount> Units { get; init; } = [];

    /// <summary>The files of a form, in order. Their bytes are no text: they count neither for the hold nor for an estimate. Never null.</summary>
    public IReadOnlyList<UploadedFile> Uploads { get; init; } = [];

    /// <summary>The client's own <c>stream_options.include_usage</c>; null where absent.</summary>
    public bool? IncludeUsage { get; init; }

    /// <summary>The edit that asks the upstream for a usage chunk; null where none is needed. With it the extra chunk is dropped for the client.</summary>
    public BodySplice? UsageSplice { get; init; }

    /// <summary>Where the numbers of the output limits stand in the body, so that a clamp can lower them in place (<see cref="BodyEdits"/>); their replacement is empty. Empty where the body names none.</summary>
    public IReadOnlyList<BodySplice> OutputLimits { get; init; } = [];

    /// <summary>The edit that adds an output limit where the body names none: <see cref="BodySplice.Replacement"/> ends before the number and the clamp appends it with <see cref="OutputLimitSuffix"/>.</summary>
    public BodySplice? OutputLimitInsertion { get; init; }

    /// <inheritdoc cref="OutputLimitInsertion"/>
    public ReadOnlyMemory<byte> OutputLimitSuffix { get; init; }
}
