using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway.Admit;
using LLMeterProxy.Gateway.Settle;
using LLMeterProxy.Gateway.Settle.Estimation;

namespace LLMeterProxy.Gateway.Tests.Settle;

/// <summary>What a call for sound or images is estimated at where its answer states nothing.</summary>
public sealed class MediaEstimateTests
{
    private static readonly RateCard _byCharacter = Card((UnitNames.Character, 15_000_000m));
    private static readonly RateCard _byToken = Card(
        (UnitNames.InputToken, 1m), (UnitNames.AudioInputToken, 1m), (UnitNames.ImageInputToken, 1m), (UnitNames.OutputToken, 1m), (UnitNames.AudioOutputToken, 1m));

    [Fact]
    public void A_unit_that_has_a_price_is_the_whole_usage()
    {
        var usage = Estimate(Operations.Speech, Facts("character", 100), _byCharacter);
        Assert.Equal((0, 0), (usage.InputTokens, usage.OutputTokens));
        Assert.Equal([new UnitCount("character", 100)], usage.Units);
    }

    [Fact]
    public void A_model_without_a_price_keeps_its_units() =>
        Assert.Equal([new UnitCount("second", 3)], Estimate(Operations.Transcription, Facts("second", 3), null).Units);

    [Fact]
    public void Speech_that_is_priced_by_token_is_estimated_from_its_characters()
    {
        var usage = Estimate(Operations.Speech, Facts("character", 100), _byToken);
        Assert.Equal((67, 140, 140, 0), (usage.InputTokens, usage.OutputTokens, usage.AudioOutputTokens, usage.Units.Count));
    }

    [Fact]
    public void A_transcription_that_is_priced_by_token_is_estimated_from_its_seconds_and_its_text()
    {
        var usage = Estimate(Operations.Transcription, Facts("second", 6), _byToken);
        Assert.Equal((67, 60, 11), (usage.InputTokens, usage.AudioInputTokens, usage.OutputTokens));
    }

    [Theory]
    // OpenAI's guide to image generation: tokens of an image by size and quality.
    [InlineData("image/1024x1024/low", 272)]
    [InlineData("image/1024x1024/medium", 1056)]
    [InlineData("image/1024x1024/high", 4160)]
    [InlineData("image/1024x1536/low", 408)]
    [InlineData("image/1536x1024/medium", 1584)]
    [InlineData("image/1536x1024/high", 6240)]
    [InlineData("image/1024x1024", 4160)]
    [InlineData("image/2k", 6240)]
    [InlineData("image", 6240)]
    public void An_image_has_the_tokens_of_its_size_and_quality(string unit, long tokens)
    {
        var usage = Estimate(Operations.Images, Facts(unit, 2) with { Choices = 2 }, _byToken);
        Assert.Equal((2 * tokens, 2 * tokens), (usage.OutputTokens, usage.ImageOutputTokens));
    }

    [Fact]
    public void The_files_of_a_form_are_not_its_text()
    {
        Assert.Equal(100, RequestedMedia.OfUploads(Operations.Transcription, Facts("second", 10)));
        Assert.Equal(3000, RequestedMedia.OfUploads(Operations.Images, Facts("image", 1) with { Uploads = [default, default] }));
    }

    private static readonly EstimatedInput _input = new(7, 0, 60, 6);

    private static TokenUsage Estimate(string operation, RequestFacts facts, RateCard? rates) =>
        MediaEstimate.Of(operation, facts, rates, () => _input, 11);

    private static RequestFacts Facts(string unit, decimal quantity) => new() { Units = [new UnitCount(unit, quantity)] };

    private static RateCard Card(params (string Unit, decimal Rate)[] rates) =>
        new() { EffectiveFrom = DateTimeOffset.UnixEpoch, Rates = rates.ToDictionary(rate => rate.Unit, rate => rate.Rate) };
}
