namespace LLMeterProxy.Simulator.Wire;

/// <summary>
/// The answers of the simulated models: one pseudo-word a token, always the same words in the same order.
/// Some words are not ASCII, so that a reader which splits inside a character is found out. None needs escaping in JSON.
/// </summary>
internal static class PseudoText
{
    private static readonly byte[][] _words =
    [
        " lorem"u8.ToArray(), " ipsum"u8.ToArray(), " dolor"u8.ToArray(), " sit"u8.ToArray(),
        " amet"u8.ToArray(), " naïve"u8.ToArray(), " elit"u8.ToArray(), " sed"u8.ToArray(),
        " do"u8.ToArray(), " eiusmod"u8.ToArray(), " tempor"u8.ToArray(), " 日本"u8.ToArray(),
        " labore"u8.ToArray(), " et"u8.ToArray(), " magna"u8.ToArray(), " 🌍"u8.ToArray(),
    ];

    /// <summary>The word of token <paramref name="index"/> with its leading blank, but for the first, which has none.</summary>
    public static ReadOnlySpan<byte> Word(int index)
    {
        var word = _words[index & 15];
        return index == 0 ? word.AsSpan(1) : word;
    }

    /// <summary>
    /// Writes tokens <paramref name="from"/> (inclusive) to <paramref name="to"/> (exclusive) of an answer of
    /// <paramref name="count"/> tokens, as the inside of a JSON string. A JSON answer is one object around the words;
    /// its opening goes with the first token and its end with the last.
    /// </summary>
    public static void Write(BodyWriter writer, int from, int to, int count, bool asJson)
    {
        for (var i = from; i < to; i++)
        {
            if (asJson && i == 0)
                writer.Write("{\\\"answer\\\":\\\""u8);
            writer.Write(Word(i));
            if (asJson && i == count - 1)
                writer.Write("\\\"}"u8);
        }
    }
}
