using System.Buffers;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Pricing;

/// <summary>The token classes by position, so that a rate is an array element on the hot path.</summary>
internal static class TokenUnits
{
    public const int Input = 0;
    public const int CacheRead = 1;
    public const int CacheWrite5m = 2;
    public const int CacheWrite1h = 3;
    public const int AudioInput = 4;
    public const int AudioCacheRead = 5;
    public const int ImageInput = 6;
    public const int Output = 7;
    public const int Reasoning = 8;
    public const int AudioOutput = 9;
    public const int ImageOutput = 10;
    public const int Count = 11;

    /// <summary>Everything before this position is input, the rest output.</summary>
    public const int FirstOutput = Output;

    private static readonly string[] _names =
    [
        UnitNames.InputToken,
        UnitNames.CacheReadToken,
        UnitNames.CacheWrite5mToken,
        UnitNames.CacheWrite1hToken,
        UnitNames.AudioInputToken,
        UnitNames.AudioCacheReadToken,
        UnitNames.ImageInputToken,
        UnitNames.OutputToken,
        UnitNames.ReasoningToken,
        UnitNames.AudioOutputToken,
        UnitNames.ImageOutputToken,
    ];

    /// <summary>What is billed by call or by amount instead of by token.</summary>
    private static readonly string[] _otherNames =
    [
        UnitNames.WebSearch,
        UnitNames.FileSearch,
        UnitNames.CodeInterpreterSession,
        UnitNames.GroundedPrompt,
        UnitNames.GroundingQuery,
        UnitNames.Image,
        UnitNames.Second,
        UnitNames.Character,
        UnitNames.Page,
        UnitNames.SearchUnit,
        UnitNames.Classification,
        UnitNames.Request,
        UnitNames.CitationToken,
    ];

    private static readonly SearchValues<char> _qualifier = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789/._-");

    public static IReadOnlyList<string> Names => _names;

    public static IReadOnlyList<string> OtherNames => _otherNames;

    public static string NameOf(int position) => _names[position];

    /// <summary>-1 for what is no token class.</summary>
    public static int PositionOf(string unit) => Array.IndexOf(_names, unit);

    public static bool IsToken(string unit) => Array.IndexOf(_names, unit) >= 0;

    /// <summary>True for a unit that is not tokens, plain or qualified (<c>image/1024x1024/hd</c>).</summary>
    public static bool IsOther(string unit)
    {
        var slash = unit.IndexOf('/');
        return Array.IndexOf(_otherNames, slash < 0 ? unit : unit[..slash]) >= 0 && (slash < 0 || AreQualifiers(unit.AsSpan(slash)));
    }

    private static bool AreQualifiers(ReadOnlySpan<char> text) =>
        text[^1] != '/' && !text.Contains("//", StringComparison.Ordinal) && text.IndexOfAnyExcept(_qualifier) < 0;
}
