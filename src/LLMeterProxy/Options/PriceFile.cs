using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.Options;

/// <summary>The shipped price book with the user's override over it.</summary>
internal static class PriceFile
{
    public static PriceBookSource Load(HostSettings settings, List<SettingError> errors)
    {
        var source = PriceBookSource.FromEmbedded();
        if (settings.PriceOverride is { } path)
        {
            foreach (var error in source.Apply(File.ReadAllBytes(path)))
            {
                errors.Add(new SettingError("LLMeter:Prices:Override", path, error.ToString()!, ""));
            }
        }

        return source;
    }
}
