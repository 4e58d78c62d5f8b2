namespace LLMeterProxy.Simulator.Wire;

/// <summary>What a simulated provider reads out of a request body, in any of the dialects.</summary>
internal sealed class RequestFields
{
    public string? Model { get; set; }

    /// <summary>Null where the request does not say.</summary>
    public bool? Stream { get; set; }

    /// <summary><c>stream_options.include_usage</c>.</summary>
    public bool IncludeUsage { get; set; }

    /// <summary><c>n</c> or <c>candidateCount</c>.</summary>
    public int Choices { get; set; } = 1;

    /// <summary>Largest output in tokens by any of its names; null is no limit.</summary>
    public int? OutputLimit { get; set; }

    public string? Tier { get; set; }

    /// <summary>Whether a JSON document was asked for.</summary>
    public bool JsonAnswer { get; set; }

    public bool Base64 { get; set; }

    public int? Dimensions { get; set; }

    /// <summary>Name of the first tool, or null.</summary>
    public string? ToolName { get; set; }

    /// <summary>Whether <c>tool_choice</c> leaves the model no way but a tool.</summary>
    public bool ToolForced { get; set; }

    public bool ToolForbidden { get; set; }

    /// <summary>Bytes of all text that the model would read, plus four for each token given by number.</summary>
    public long TextBytes { get; set; }

    /// <summary>How many texts <c>input</c> or <c>texts</c> holds (embeddings, moderations).</summary>
    public int Inputs { get; set; } = 1;

    /// <summary>How many documents shall be ranked.</summary>
    public int Documents { get; set; }

    /// <summary>How many of them shall be named; null is all.</summary>
    public int? Top { get; set; }
}
