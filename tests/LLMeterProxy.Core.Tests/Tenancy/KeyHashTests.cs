using System.Security.Cryptography;
using System.Text;
using CsCheck;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Core.Tests.Tenancy;

public sealed class KeyHashTests
{
    private static readonly byte[] _pepper = Encoding.UTF8.GetBytes("a pepper of at least thirty-two characters");

    [Fact]
    [Trait("Acceptance", "A76")]
    public void The_hash_is_hmac_sha256_of_the_key_under_the_pepper()
    {
        Gen.String[0, 600].Sample(key =>
            Assert.Equal(HMACSHA256.HashData(_pepper, Encoding.UTF8.GetBytes(key)), KeyHash.Of(_pepper, key).ToArray()));
    }

    [Fact]
    public void Hashes_are_equal_where_all_32_bytes_are()
    {
        Gen.Select(Gen.Byte.Array[32], Gen.Int[0, 31], Gen.Byte).Sample((bytes, at, other) =>
        {
            var changed = bytes.ToArray();
            changed[at] = other;
            var (left, right) = (new KeyHash(bytes), new KeyHash(changed));

            Assert.Equal(bytes[at] == other, left == right);
            Assert.Equal(bytes[at] == other, left.Equals((object)right));
            Assert.NotEqual(left == right, left != right);
            Assert.Equal(new KeyHash(bytes).GetHashCode(), left.GetHashCode());
            Assert.Equal(bytes, left.ToArray());
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_hash_of_another_length_is_refused(int length)
    {
        Assert.Throws<ArgumentException>(() => new KeyHash(new byte[length]));
    }

    [Fact]
    public void Another_pepper_gives_another_hash_and_none_is_ever_printed()
    {
        var hash = KeyHash.Of(_pepper, "lmp_x");

        Assert.NotEqual(hash, KeyHash.Of("another pepper"u8, "lmp_x"));
        Assert.DoesNotContain(Convert.ToHexString(hash.ToArray())[..8], $"{hash}", StringComparison.OrdinalIgnoreCase);
    }
}
