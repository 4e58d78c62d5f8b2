namespace LLMeterProxy.Simulator.Wire;

/// <summary>Ids that look like the providers' own: a function of the simulator's seed and the dispatch's number.</summary>
internal static class IdText
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Letters and digits, as in <c>chatcmpl-…</c> and <c>msg_01…</c>.</summary>
    public static string Base62(string prefix, ulong seed, int length) => Make(prefix, seed, length, Alphabet);

    /// <summary>Digits and lower-case a to f, as in <c>resp_…</c> and <c>req_…</c>.</summary>
    public static string Hex(string prefix, ulong seed, int length) => Make(prefix, seed, length, "0123456789abcdef");

    /// <summary>Five groups of hexadecimal digits.</summary>
    public static string Uuid(ulong seed)
    {
        var digits = Hex("", seed, 32);
        return $"{digits[..8]}-{digits[8..12]}-4{digits[13..16]}-8{digits[17..20]}-{digits[20..]}";
    }

    private static string Make(string prefix, ulong seed, int length, string letters) =>
        string.Create(prefix.Length + length, (prefix, seed, letters), static (span, s) =>
        {
            s.prefix.CopyTo(span);
            Fill(span[s.prefix.Length..], s.seed, s.letters);
        });

    // splitmix64: well spread, and the same on every machine.
    private static void Fill(Span<char> span, ulong state, ReadOnlySpan<char> letters)
    {
        var bits = 0UL;
        for (var i = 0; i < span.Length; i++)
        {
            if (i % 8 == 0)
            {
                state += 0x9E3779B97F4A7C15UL;
                bits = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9UL;
                bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBUL;
                bits ^= bits >> 31;
            }

            span[i] = letters[(int)((bits & 0xFF) % (ulong)letters.Length)];
            bits >>= 8;
        }
    }
}
