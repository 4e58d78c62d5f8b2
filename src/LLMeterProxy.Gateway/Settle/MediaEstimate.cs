using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway.Admit;
using LLMeterProxy.Gateway.Settle.Estimation;

namespace LLMeterProxy.Gateway.Settle;

/// <summary>The usage of images, speech, transcriptions and documents where the answer states none: by what the request says.</summary>
internal static class MediaEstimate
{
    /// <param name="rates">Null where the model has no price.</param>
    /// <param name="input">Read only for a model that is priced by token.</param>
    /// <param name="outputTextTokens">Tokens of the text that came.</param>
    public static TokenUsage Of(string operation, RequestFacts facts, RateCard? rates, Func<EstimatedInput> input, long outputTextTokens)
    {
        if (rates is null || RequestedMedia.IsPricedByUnit(rates, facts.Units))
        {
            return TokenUsage.None with { Units = facts.Units };
        }

        var made = RequestedMedia.OfOutput(operation, facts) * Math.Max(1, facts.Choices) ?? outputTextTokens;
        var taken = input();
        return new TokenUsage
        {
            InputTokens = taken.Total,
            UncachedInputTokens = taken.Total,
            AudioInputTokens = taken.Audio,
            ImageInputTokens = taken.Image,
            OutputTokens = made,
            AudioOutputTokens = operation is Operations.Speech ? made : 0,
            ImageOutputTokens = operation is Operations.Images ? made : 0,
        };
    }
}
