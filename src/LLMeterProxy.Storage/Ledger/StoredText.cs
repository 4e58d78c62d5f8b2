namespace LLMeterProxy.Storage.Ledger;

/// <summary>
/// Text of clients as both engines can store it in an index: PostgreSQL knows no U+0000 and has no index entry above 2,700 bytes.
/// Only what sums are found by is shortened; payloads are bytes and stay whole.
/// </summary>
internal static class StoredText
{
    /// <summary>UTF-16 units. Models and tags have at most 256 by the inspection of requests; the longest key has two texts of clients.</summary>
    private const int MaxKey = 300;

    public static string Of(string text) => text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;

    /// <summary>A part of a key.</summary>
    public static string Key(string text)
    {
        if (text.Length <= MaxKey)
        {
            return Of(text);
        }

        // Half a surrogate pair is no text.
        var length = char.IsHighSurrogate(text[MaxKey - 1]) ? MaxKey - 1 : MaxKey;
        return Of(text[..length]);
    }
}
