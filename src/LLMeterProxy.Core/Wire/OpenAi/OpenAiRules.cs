namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>In what the servers that speak OpenAI's format differ as to requests.</summary>
internal sealed record OpenAiRules
{
    /// <summary>The server sends usage in a stream only when asked.</summary>
    public bool AsksForUsage { get; init; }

    /// <summary>The output limit that a clamp adds to a chat call.</summary>
    public string ChatLimit { get; init; } = "max_tokens";

    /// <summary>Tokens that a legacy completion is limited to where the body names no limit; null where not documented.</summary>
    public long? CompletionLimit { get; init; }

    /// <summary>The server's JSON parser may match member names without regard to case.</summary>
    public bool RefusesFoldedNames { get; init; }

    /// <summary>A chat call with <c>web_search_options</c>, or of a search model, is billed one search and does not count it in its usage.</summary>
    public bool SearchesByCall { get; init; }

    /// <summary>Where the path names the model, the server ignores the body's, and so do we (T33).</summary>
    public bool IgnoresModelBesidePath { get; init; }

    /// <summary>The model of an image call that names none; null where it has to name one.</summary>
    public string? ImageModel { get; init; }
}
