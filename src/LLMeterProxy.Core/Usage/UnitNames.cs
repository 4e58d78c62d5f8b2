using System.Buffers;

namespace LLMeterProxy.Core.Usage;

/// <summary>
/// The names of billed units, the same in usage, price book, cost lines and API.
/// Token units price each token class once: the classes of one record are disjoint.
/// A unit that is not tokens may be qualified, most significant first: <c>image/1024x1024/hd</c>, <c>request/low</c>,
/// <c>web_search/high</c>. A qualified unit without a price of its own has that of what it is a kind of.
/// </summary>
public static class UnitNames
{
    public const string InputToken = "input_token";
    public const string CacheReadToken = "cache_read_token";
    public const string CacheWrite5mToken = "cache_write_5m_token";
    public const string CacheWrite1hToken = "cache_write_1h_token";
    public const string OutputToken = "output_token";
    public const string ReasoningToken = "reasoning_token";
    public const string AudioInputToken = "audio_input_token";
    public const string AudioCacheReadToken = "audio_cache_read_token";
    public const string AudioOutputToken = "audio_output_token";
    public const string ImageInputToken = "image_input_token";
    public const string ImageOutputToken = "image_output_token";

    public const string WebSearch = "web_search";
    public const string FileSearch = "file_search";
    public const string CodeInterpreterSession = "code_interpreter_session";
    public const string GroundedPrompt = "grounded_prompt";
    public const string GroundingQuery = "grounding_query";
    public const string Image = "image";
    public const string Second = "second";
    public const string Character = "character";
    public const string Page = "page";
    public const string SearchUnit = "search_unit";
    public const string Classification = "classification";
    public const string Request = "request";

    /// <summary>A token of quoted pages that the provider bills apart (Perplexity's deep research).</summary>
    public const string CitationToken = "citation_token";

    /// <summary>The whole call at the figure that the provider itself stated; quantity 1.</summary>
    public const string ProviderCost = "provider_cost";

    private const int LongestQualifier = 32;

    // Names come from requests and responses, and end up in records and metrics.
    private static readonly SearchValues<char> _qualifier = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>A unit with what decides its price; without it where the qualifier is empty or no plain lower-case name.</summary>
    public static string Qualified(string unit, string? qualifier) =>
        qualifier is { Length: > 0 and <= LongestQualifier } && !qualifier.AsSpan().ContainsAnyExcept(_qualifier) ? unit + "/" + qualifier : unit;
}
