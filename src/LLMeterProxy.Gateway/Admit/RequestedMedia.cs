using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Gateway.Admit;

/// <summary>
/// How many tokens sound and images are, for holds and for estimates where a model is priced by token and nothing is stated.
/// The figures are OpenAI's: its guides to audio (a token for 100 ms heard, one for 48 ms spoken) and to image generation (a table
/// by size and quality).
/// </summary>
internal static class RequestedMedia
{
    private const int HeardPerSecond = 10;

    // Speech runs at about fifteen characters a second.
    private const decimal SpokenPerCharacter = 1.4m;

    // An image to edit, at high fidelity; a tile formula needs its dimensions.
    private const int PerUploadedImage = 1500;

    private const int Square = 1024 * 1024;

    /// <summary>What an operation is billed for is not the text of its body and its answer.</summary>
    public static bool IsMedia(string operation) => operation is Operations.Images or Operations.Speech or Operations.Transcription
        or Operations.Translation or Operations.Ocr or Operations.Search;

    /// <summary>True where the price has a rate for what the request states: then tokens are not billed.</summary>
    public static bool IsPricedByUnit(RateCard rates, IReadOnlyList<UnitCount> units)
    {
        for (var i = 0; i < units.Count; i++)
        {
            if (rates.TryGetRate(units[i].Unit, out _))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True where the price has a rate for any output.</summary>
    public static bool HasOutputRate(RateCard rates) =>
        rates.Rates.ContainsKey(UnitNames.OutputToken) || rates.Rates.ContainsKey(UnitNames.ImageOutputToken)
        || rates.Rates.ContainsKey(UnitNames.AudioOutputToken) || rates.Rates.ContainsKey(UnitNames.ReasoningToken);

    /// <summary>Tokens of the files of a form.</summary>
    public static long OfUploads(string operation, RequestFacts facts) => operation switch
    {
        Operations.Transcription or Operations.Translation => (long)Math.Ceiling(QuantityOf(facts) * HeardPerSecond),
        _ => (long)facts.Uploads.Count * PerUploadedImage,
    };

    /// <summary>Tokens per choice of what is made, where the request tells; null where it does not.</summary>
    public static long? OfOutput(string operation, RequestFacts facts) => operation switch
    {
        Operations.Speech => (long)Math.Ceiling(QuantityOf(facts) * SpokenPerCharacter),
        Operations.Images => OfImage(facts.Units is [{ Unit: var unit }, ..] ? unit : UnitNames.Image),
        _ => null,
    };

    private static decimal QuantityOf(RequestFacts facts) => facts.Units is [{ Quantity: var quantity }, ..] ? quantity : 0;

    private static long OfImage(string unit)
    {
        var parts = unit.Split('/');
        var isLarge = parts.Length < 2 || parts[1].Split('x') is not [var width, var height]
            || !int.TryParse(width, out var across) || !int.TryParse(height, out var down) || (long)across * down > Square;
        return (parts.Length > 2 ? parts[2] : "high", isLarge) switch
        {
            ("low", false) => 272,
            ("low", true) => 408,
            ("medium", false) => 1056,
            ("medium", true) => 1584,
            (_, false) => 4160,
            (_, true) => 6240,
        };
    }
}
