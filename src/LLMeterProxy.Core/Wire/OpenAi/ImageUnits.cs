using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>
/// The billed unit of an image by its size and quality, as price lists name it: <c>image/1024x1024/hd</c>. An image whose size is
/// not known is a plain <c>image</c>.
/// </summary>
internal static class ImageUnits
{
    private const string DallE = "dall-e";

    /// <param name="size">As asked for or answered (<c>1024x1024</c>, <c>2k</c>); null or <c>auto</c> where it is the model's choice.</param>
    /// <param name="quality">As asked for or answered (<c>hd</c>, <c>low</c>); null or <c>auto</c> where it is the model's choice.</param>
    public static string Name(string? model, string? size, string? quality)
    {
        // OpenAI's reference: these two models default to a square of 1024 and to standard quality.
        var isDallE = model?.StartsWith(DallE, StringComparison.Ordinal) == true;
        var knownSize = IsChosen(size) ? size : isDallE ? "1024x1024" : null;
        var knownQuality = IsChosen(quality) ? quality : isDallE ? "standard" : null;
        var bySize = UnitNames.Qualified(UnitNames.Image, knownSize);
        return ReferenceEquals(bySize, UnitNames.Image) ? bySize : UnitNames.Qualified(bySize, knownQuality);
    }

    private static bool IsChosen(string? value) => value is { Length: > 0 } and not "auto";
}
