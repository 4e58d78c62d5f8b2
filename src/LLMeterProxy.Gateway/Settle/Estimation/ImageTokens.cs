namespace LLMeterProxy.Gateway.Settle.Estimation;

/// <summary>How many tokens a picture is, by what the providers publish of their counting.</summary>
internal static class ImageTokens
{
    /// <summary>Where the size is not known: a picture by URL, or of an unknown format. About a megapixel in each family.</summary>
    private const int UnknownWidth = 1024;

    public static long Of(in Media media, ModelFamily family, string model)
    {
        var (width, height) = media.Width > 0 ? (media.Width, media.Height) : (UnknownWidth, UnknownWidth);
        return family switch
        {
            ModelFamily.Claude => Claude(width, height),
            ModelFamily.OpenAi when model.Contains("gpt-image", StringComparison.Ordinal) => OpenAiTiles(width, height, 512, media.IsLowDetail, model),
            ModelFamily.Gemini => Gemini(width, height, model),
            ModelFamily.Mistral => Patches(width, height, side: 28, longest: 1540, most: long.MaxValue),
            ModelFamily.OpenAi when IsPatched(model, out var factor) => (long)Math.Ceiling(Patches(width, height, side: 32, longest: int.MaxValue, most: 1536) * factor),
            _ => OpenAiTiles(width, height, 768, media.IsLowDetail, model),
        };
    }

    // Anthropic, vision guide: width x height / 750, after scaling to 1,568 pixels at most on the long side and about 1,600 tokens.
    private static long Claude(double width, double height)
    {
        var scale = Math.Min(1, 1568 / Math.Max(width, height));
        return (long)Math.Min(1600, Math.Ceiling(width * scale * height * scale / 750));
    }

    // Gemini, media guide: 258 where both sides are at most 384, else 258 for each tile; a tile is min(width, height) / 1.5,
    // 256 to 768. Gemini 3 counts a picture by its resolution setting, 1,120 by default.
    private static long Gemini(double width, double height, string model)
    {
        if (model.Contains("gemini-3", StringComparison.OrdinalIgnoreCase))
        {
            return 1_120;
        }

        if (width <= 384 && height <= 384)
        {
            return 258;
        }

        var tile = Math.Clamp(Math.Floor(Math.Min(width, height) / 1.5), 256, 768);
        return (long)(Math.Ceiling(width / tile) * Math.Ceiling(height / tile)) * 258;
    }

    // OpenAI, images guide: within 2,048 x 2,048, then the short side to 768 (512 for image models), then tiles of 512, and a base.
    private static long OpenAiTiles(double width, double height, int shortSide, bool isLow, string model)
    {
        var (start, tile) = model switch
        {
            _ when model.Contains("4o-mini", StringComparison.Ordinal) => (2_833, 5_667),
            _ when model.Contains("gpt-5", StringComparison.Ordinal) || model.Contains("gpt-6", StringComparison.Ordinal) => (70, 140),
            _ when model.Contains("o1", StringComparison.Ordinal) || model.Contains("o3", StringComparison.Ordinal) => (75, 150),
            _ when model.Contains("computer-use", StringComparison.Ordinal) || model.Contains("gpt-image", StringComparison.Ordinal) => (65, 129),
            _ => (85, 170),
        };
        if (isLow)
        {
            return start;
        }

        var scale = Math.Min(1, 2048 / Math.Max(width, height));
        scale = Math.Min(scale, shortSide / Math.Min(width, height));
        return start + ((long)(Math.Ceiling(width * scale / 512) * Math.Ceiling(height * scale / 512)) * tile);
    }

    // OpenAI, images guide: these models count patches of 32 x 32, 1,536 at most, times a factor of the model.
    private static bool IsPatched(string model, out double factor)
    {
        factor = model switch
        {
            _ when model.Contains("4.1-mini", StringComparison.Ordinal) || model.Contains("5-mini", StringComparison.Ordinal) => 1.62,
            _ when model.Contains("4.1-nano", StringComparison.Ordinal) || model.Contains("5-nano", StringComparison.Ordinal) => 2.46,
            _ when model.Contains("o4-mini", StringComparison.Ordinal) => 1.72,
            _ => 0,
        };
        return factor > 0;
    }

    private static long Patches(double width, double height, int side, int longest, long most)
    {
        var scale = Math.Min(1, longest / Math.Max(width, height));
        var patches = (long)(Math.Ceiling(width * scale / side) * Math.Ceiling(height * scale / side));
        return Math.Min(patches, most);
    }
}
