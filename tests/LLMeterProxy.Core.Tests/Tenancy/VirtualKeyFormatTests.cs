using CsCheck;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Core.Tests.Tenancy;

public sealed class VirtualKeyFormatTests
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly Gen<string> _minted = Gen.Const(0).Select(_ => VirtualKeyFormat.Mint());

    [Fact]
    public void A_minted_key_is_well_formed()
    {
        _minted.Sample(key =>
        {
            Assert.StartsWith("lmp_", key, StringComparison.Ordinal);
            Assert.InRange(key.Length, 4 + 22 + 6, 64);
            Assert.All(key[4..], c => Assert.Contains(c, Alphabet));
            Assert.True(VirtualKeyFormat.IsWellFormed(key));
        });
    }

    [Fact]
    public void Minted_keys_differ_and_use_the_whole_alphabet()
    {
        var keys = Enumerable.Range(0, 1000).Select(_ => VirtualKeyFormat.Mint()).ToList();

        Assert.Equal(keys.Count, keys.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(62, keys.SelectMany(k => k[4..^6]).Distinct().Count());
    }

    // A guess or a typing error never reaches a look-up.
    [Fact]
    public void A_key_with_any_one_character_changed_is_not_well_formed()
    {
        Gen.Select(_minted, Gen.Int[0, 1000], Gen.Frequency((3, Gen.Char[Alphabet]), (1, Gen.Char))).Sample((key, at, other) =>
        {
            at %= key.Length;
            var changed = key[..at] + other + key[(at + 1)..];

            Assert.Equal(other == key[at], VirtualKeyFormat.IsWellFormed(changed));
        });
    }

    [Fact]
    public void A_key_with_two_characters_swapped_or_one_missing_is_not_well_formed()
    {
        Gen.Select(_minted, Gen.Int[0, 1000]).Sample((key, at) =>
        {
            at %= key.Length - 1;
            var swapped = key[..at] + key[at + 1] + key[at] + key[(at + 2)..];

            Assert.Equal(key[at] == key[at + 1], VirtualKeyFormat.IsWellFormed(swapped));
            Assert.False(VirtualKeyFormat.IsWellFormed(key.Remove(at, 1)));
        });
    }

    // The documented form, with checksums from another implementation: CRC32 (IEEE) of all before it in six base62 digits.
    [Theory]
    [InlineData(21, "1Nc8EG", false)]
    [InlineData(22, "1BLwJr", true)]
    [InlineData(24, "4EgUnE", true)]
    [InlineData(64, "0fsgWx", true)]
    [InlineData(65, "4XuCCO", false)]
    public void The_random_part_has_22_to_64_characters(int length, string checksum, bool expected)
    {
        Assert.Equal(expected, VirtualKeyFormat.IsWellFormed("lmp_" + new string('x', length) + checksum));
    }

    [Theory]
    [InlineData("")]
    [InlineData("lmp_")]
    [InlineData("sk-proj-0123456789abcdefghijklmnopqrstuv")]
    [InlineData("LMP_0123456789abcdefghijklmnopqrstuv")]
    public void What_is_something_else_is_not_well_formed(string key)
    {
        Assert.False(VirtualKeyFormat.IsWellFormed(key));
    }

    [Fact]
    public void The_display_prefix_keeps_enough_secret_to_be_shown()
    {
        var key = VirtualKeyFormat.Mint();

        Assert.Equal(key[..12], VirtualKeyFormat.DisplayPrefix(key));
        Assert.Equal("lmp_x", VirtualKeyFormat.DisplayPrefix("lmp_x"));

        // 16 of 24 base62 characters stay unknown: 95 bits.
        Assert.Equal(16, key.Length - 6 - VirtualKeyFormat.DisplayLength);
    }
}
