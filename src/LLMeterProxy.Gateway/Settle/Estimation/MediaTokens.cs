namespace LLMeterProxy.Gateway.Settle.Estimation;

/// <summary>How many tokens sound, pages and video are, by what the providers publish of their counting, else by a flat figure.</summary>
internal static class MediaTokens
{
    /// <summary>Voxtral hears in pieces of thirty seconds.</summary>
    private const double VoxtralPiece = 30;

    /// <summary>Bytes a second of video in the quality that people send.</summary>
    private const double VideoRate = 250_000;

    public static long Audio(in Media media, ModelFamily family) => family switch
    {
        ModelFamily.Gemini => Ceiling(media.Seconds * 32),
        ModelFamily.OpenAi => Ceiling(media.Seconds * 10),
        ModelFamily.Mistral => Ceiling(Math.Ceiling(media.Seconds / VoxtralPiece) * VoxtralPiece * 12.5),
        _ => Ceiling(media.Seconds * 25),
    };

    // Gemini counts a page as one picture; Anthropic states 1,500 to 3,000 tokens a page.
    public static long Document(in Media media, ModelFamily family) => Math.Max(1, media.Pages) * family switch
    {
        ModelFamily.Gemini => 258,
        ModelFamily.Claude => 2_250,
        _ => 1_000,
    };

    public static long Video(in Media media) => Ceiling(media.Bytes / VideoRate * 300);

    private static long Ceiling(double tokens) => (long)Math.Ceiling(tokens);
}
