using System.Security.Cryptography;

namespace LLMeterProxy.Storage.Journal;

/// <summary>The hash chain of one tenant in this incarnation. Its lock also orders the tenant's settlements.</summary>
internal sealed class TenantChain
{
    private const string HexDigits = "0123456789abcdef";

    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _headHex = new byte[64];

    public TenantChain(string incarnation)
    {
        Incarnation = incarnation;
        _headHex.AsSpan().Fill((byte)'0');
    }

    public string Incarnation { get; }

    public Lock Lock { get; } = new();

    /// <summary>The sequence of the newest record; 0 before the first.</summary>
    public long Sequence { get; private set; }

    /// <summary>SHA-256 of the newest payload in hex; zeros before the first.</summary>
    public ReadOnlySpan<byte> HeadHex => _headHex;

    /// <summary>Takes a payload, given in two parts, as the new head.</summary>
    public void Advance(ReadOnlySpan<byte> body, ReadOnlySpan<byte> tail)
    {
        Span<byte> hash = stackalloc byte[32];
        _sha256.AppendData(body);
        _sha256.AppendData(tail);
        _sha256.GetHashAndReset(hash);
        for (var i = 0; i < hash.Length; i++)
        {
            _headHex[2 * i] = (byte)HexDigits[hash[i] >> 4];
            _headHex[(2 * i) + 1] = (byte)HexDigits[hash[i] & 15];
        }

        Sequence++;
    }
}
