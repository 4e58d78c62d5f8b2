using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway.Admit;

namespace LLMeterProxy.Gateway.Settle;

/// <summary>The usage of images, speech, transcriptions and documents where the answer states none: by what the request says.</summary>
internal static class MediaEstimate
{
    /// <param name="rates">Null where the model has no price.</param>
    /// <param name="promptTokens">Tokens of the text of a JSON body.</param>
    /// <param name="outputTextTokens">Tokens of the text that came.</param>
    public static TokenUsage Of(string operation, RequestFacts facts, RateCard? rates, Func<long> promptTokens, long outputTextTokens)
    {
        if (rates is null || MediaSizes.IsPricedByUnit(rates, facts.Units))
        {
            return TokenUsage.None with { Units = facts.Units };
        }

        var made = MediaSizes.OfOutput(operation, facts) * Math.Max(1, facts.Choices) ?? outputTextTokens;
        var heard = operation is Operations.Transcription or Operations.Translation ? MediaSizes.OfUploads(operation, facts) : 0;
        var seen = operation is Operations.Images ? MediaSizes.OfUploads(operation, facts) : 0;
        var input = heard + seen + (facts.Uploads.Count == 0 ? promptTokens() : 0);
        return new TokenUsage
        {
            InputTokens = input,
            UncachedInputTokens = input,
            AudioInputTokens = heard,
            ImageInputTokens = seen,
            OutputTokens = made,
            AudioOutputTokens = operation is Operations.Speech ? made : 0,
            ImageOutputTokens = operation is Operations.Images ? made : 0,
        };
    }
}
