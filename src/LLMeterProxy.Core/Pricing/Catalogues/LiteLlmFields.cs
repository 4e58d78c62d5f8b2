using System.Collections.Frozen;
using System.Globalization;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Pricing.Catalogues;

/// <summary>What the price fields of LiteLLM's file mean: <c>input_cost_per_token_above_272k_tokens_priority</c> is a class, a step and a tier.</summary>
internal static class LiteLlmFields
{
    private const string Above = "_above_";
    private const string ThousandTokens = "k_tokens";

    // From the names in BerriAI/litellm, litellm/types/utils.py (ModelInfoBase).
    private static readonly FrozenDictionary<string, string> _classes = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["input_cost_per_token"] = UnitNames.InputToken,
        ["output_cost_per_token"] = UnitNames.OutputToken,
        ["cache_read_input_token_cost"] = UnitNames.CacheReadToken,
        ["input_cost_per_token_cache_hit"] = UnitNames.CacheReadToken,
        ["cache_creation_input_token_cost"] = UnitNames.CacheWrite5mToken,
        ["cache_creation_input_token_cost_above_1hr"] = UnitNames.CacheWrite1hToken,
        ["output_cost_per_reasoning_token"] = UnitNames.ReasoningToken,
        ["input_cost_per_audio_token"] = UnitNames.AudioInputToken,
        ["output_cost_per_audio_token"] = UnitNames.AudioOutputToken,
        ["cache_read_input_audio_token_cost"] = UnitNames.AudioCacheReadToken,
        ["input_cost_per_image_token"] = UnitNames.ImageInputToken,
        ["output_cost_per_image_token"] = UnitNames.ImageOutputToken,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly (string End, string Tier)[] _tiers = [("_flex", "flex"), ("_priority", "priority"), ("_batches", "batch")];

    /// <summary>Takes a field of token prices apart.</summary>
    /// <param name="above">Tokens; null for the lowest step.</param>
    /// <param name="tier">Null for standard.</param>
    public static bool TryRead(string field, out string unit, out long? above, out string? tier)
    {
        (above, tier) = (null, null);
        foreach (var (end, name) in _tiers)
        {
            if (field.EndsWith(end, StringComparison.Ordinal))
            {
                (field, tier) = (field[..^end.Length], name);
                break;
            }
        }

        var at = field.LastIndexOf(Above, StringComparison.Ordinal);
        if (at > 0
            && field.EndsWith(ThousandTokens, StringComparison.Ordinal)
            && long.TryParse(field.AsSpan(at + Above.Length, field.Length - at - Above.Length - ThousandTokens.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var thousands))
        {
            (field, above) = (field[..at], thousands * 1000);
        }

        return _classes.TryGetValue(field, out unit!);
    }
}
