using System.Security.Cryptography;

namespace LLMeterProxy.Core.Tenancy;

/// <summary>
/// The form of virtual keys: <c>lmp_</c>, 24 random base62 characters (142 bits), six base62 characters of CRC32 over all
/// before them. Prefix and checksum let scanners find leaked keys and let the gateway turn guesses away without a look-up.
/// </summary>
public static class VirtualKeyFormat
{
    public const string Prefix = "lmp_";

    /// <summary>Characters that are shown for telling keys apart.</summary>
    public const int DisplayLength = 12;

    private const int MinRandom = 22;
    private const int Random = 24;
    private const int MaxRandom = 64;
    private const int Checksum = 6;

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>A new secret, from the operating system's generator.</summary>
    public static string Mint()
    {
        var random = RandomNumberGenerator.GetString(Alphabet, Random);
        var head = Prefix + random;
        Span<char> check = stackalloc char[Checksum];
        Encode(Crc32(head), check);
        return string.Concat(head, check);
    }

    /// <summary>Prefix, length, alphabet and checksum. Says nothing about whether the key exists.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> key)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var random = key.Length - Prefix.Length - Checksum;
        if (random is < MinRandom or > MaxRandom)
        {
            return false;
        }

        foreach (var c in key[Prefix.Length..])
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                return false;
            }
        }

        Span<char> check = stackalloc char[Checksum];
        Encode(Crc32(key[..^Checksum]), check);
        return key[^Checksum..].SequenceEqual(check);
    }

    public static string DisplayPrefix(string key) => key[..Math.Min(DisplayLength, key.Length)];

    // CRC32 (IEEE 802.3), bit by bit: forty characters a call do not need a table.
    private static uint Crc32(ReadOnlySpan<char> ascii)
    {
        var crc = uint.MaxValue;
        foreach (var c in ascii)
        {
            crc ^= (byte)c;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }

    private static void Encode(uint value, Span<char> digits)
    {
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            digits[i] = Alphabet[(int)(value % 62)];
            value /= 62;
        }
    }
}
