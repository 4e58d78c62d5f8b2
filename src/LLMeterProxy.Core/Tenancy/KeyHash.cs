using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LLMeterProxy.Core.Tenancy;

/// <summary>
/// HMAC-SHA256 of a virtual key under the pepper: the only form in which a key is stored or looked up (A76, T82).
/// The HMAC removes the timing signal of a look-up; equality of the whole 32 bytes is still constant-time.
/// </summary>
public readonly struct KeyHash : IEquatable<KeyHash>
{
    public const int Size = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    public KeyHash(ReadOnlySpan<byte> hash)
    {
        if (hash.Length != Size)
        {
            throw new ArgumentException("A key hash has 32 bytes.", nameof(hash));
        }

        _a = BinaryPrimitives.ReadUInt64BigEndian(hash);
        _b = BinaryPrimitives.ReadUInt64BigEndian(hash[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(hash[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(hash[24..]);
    }

    /// <summary>Hashes a key as it was presented. Allocates nothing for keys of up to 256 characters.</summary>
    public static KeyHash Of(ReadOnlySpan<byte> pepper, ReadOnlySpan<char> key)
    {
        Span<byte> utf8 = key.Length <= 256 ? stackalloc byte[768] : new byte[key.Length * 3];
        var length = Encoding.UTF8.GetBytes(key, utf8);
        Span<byte> hash = stackalloc byte[Size];
        HMACSHA256.HashData(pepper, utf8[..length], hash);
        CryptographicOperations.ZeroMemory(utf8);
        return new KeyHash(hash);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _a);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), _b);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(16), _c);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(24), _d);
        return bytes;
    }

    // No early exit: the four differences are joined before the one comparison.
    public bool Equals(KeyHash other) => ((_a ^ other._a) | (_b ^ other._b) | (_c ^ other._c) | (_d ^ other._d)) == 0;

    public override bool Equals(object? obj) => obj is KeyHash other && Equals(other);

    public override int GetHashCode() => _a.GetHashCode();

    public static bool operator ==(KeyHash left, KeyHash right) => left.Equals(right);

    public static bool operator !=(KeyHash left, KeyHash right) => !left.Equals(right);

    /// <summary>Never the hash itself: it is a credential equivalent for whoever holds the pepper.</summary>
    public override string ToString() => "KeyHash";
}
