using LLMeterProxy.Gateway.Settle.Estimation;

namespace LLMeterProxy.Gateway.Tests.Settle.Estimation;

/// <summary>The figures are the examples and formulas of the providers' public guides to images and sound.</summary>
public sealed class MediaTokensTests
{
    [Theory]

    // OpenAI's guide: 1024 x 1024 is scaled to 768 x 768, four tiles: 85 + 4 x 170.
    [InlineData("gpt-4o", 1024, 1024, 765)]

    // Its other example: 2048 x 4096 to 768 x 1536, six tiles.
    [InlineData("gpt-4o", 2048, 4096, 1105)]
    [InlineData("gpt-4o-mini", 1024, 1024, 2833 + (4 * 5667))]
    [InlineData("gpt-5", 1024, 1024, 70 + (4 * 140))]
    [InlineData("o3", 1024, 1024, 75 + (4 * 150))]

    // One tile: 128 x 128 stays small. 65 + 129.
    [InlineData("gpt-image-1", 128, 128, 194)]

    // 32 x 32 patches of 1024 x 1024 are 1,024; times 1.62.
    [InlineData("gpt-4.1-mini", 1024, 1024, 1659)]

    // 1,536 patches at most; times 2.46.
    [InlineData("gpt-4.1-nano", 4000, 4000, 3779)]

    // Anthropic's guide: 1092 x 1092 / 750 is about 1,590; a small one 200 x 200 / 750 about 54.
    [InlineData("claude-sonnet-4-5", 1092, 1092, 1590)]
    [InlineData("us.anthropic.claude-3-haiku-20240307-v1:0", 200, 200, 54)]
    [InlineData("claude-opus-4-6", 8000, 8000, 1600)]

    // Gemini's guide: 258 up to 384 x 384; 960 x 540 in tiles of 360 is 3 x 2.
    [InlineData("gemini-2.5-flash", 384, 384, 258)]
    [InlineData("gemini-2.5-flash", 960, 540, 6 * 258)]
    [InlineData("gemini-3-pro-preview", 64, 64, 1120)]
    public void A_picture_is_counted_as_its_provider_counts(string model, int width, int height, long tokens) =>
        Assert.Equal(tokens, ImageTokens.Of(new Media(MediaKind.Image) { Width = width, Height = height }, ModelFamilies.Of(model), model));

    [Fact]
    public void Low_detail_is_the_base_alone() =>
        Assert.Equal(85, ImageTokens.Of(new Media(MediaKind.Image) { Width = 4000, Height = 4000, IsLowDetail = true }, ModelFamily.OpenAi, "gpt-4o"));

    [Fact]
    public void A_picture_of_unknown_size_is_taken_to_have_a_megapixel() =>
        Assert.Equal(765, ImageTokens.Of(new Media(MediaKind.Image), ModelFamily.OpenAi, "gpt-4o"));

    [Theory]
    [InlineData(ModelFamily.Gemini, 320)]
    [InlineData(ModelFamily.OpenAi, 100)]
    [InlineData(ModelFamily.Mistral, 375)]
    [InlineData(ModelFamily.Other, 250)]
    public void Ten_seconds_of_sound(object family, long tokens) =>
        Assert.Equal(tokens, MediaTokens.Audio(new Media(MediaKind.Audio) { Seconds = 10 }, (ModelFamily)family));

    [Theory]
    [InlineData("openai/gpt-oss-20b", ModelFamily.GptOss)]
    [InlineData("gpt-4o", ModelFamily.OpenAi)]
    [InlineData("o4-mini", ModelFamily.OpenAi)]
    [InlineData("openai/o3", ModelFamily.OpenAi)]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", ModelFamily.Claude)]
    [InlineData("publishers/google/models/gemini-2.5-pro", ModelFamily.Gemini)]
    [InlineData("deepseek-r1-distill-llama-70b", ModelFamily.Llama)]
    [InlineData("qwen3:4b", ModelFamily.Other)]
    [InlineData("", ModelFamily.Other)]
    public void A_family_is_known_in_every_spelling(string model, object family) => Assert.Equal((ModelFamily)family, ModelFamilies.Of(model));
}
