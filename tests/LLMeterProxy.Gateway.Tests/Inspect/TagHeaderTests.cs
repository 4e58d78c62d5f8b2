using CsCheck;
using LLMeterProxy.Gateway.Inspect;

namespace LLMeterProxy.Gateway.Tests.Inspect;

/// <summary>Tags are labels: what is odd is left out and never fails a call.</summary>
public sealed class TagHeaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a=b", "a=b")]
    [InlineData("a=b,c=d", "a=b,c=d")]
    [InlineData(" a=b , c=d ,", "a=b,c=d")]
    [InlineData("a=b,a=c", "a=b")]
    [InlineData("a=,=b,novalue,c=d", "c=d")]
    [InlineData("a=b=c,d=e", "d=e")]
    [InlineData("a=b c,d=e", "d=e")]
    [InlineData("ä=b,d=é", "")]
    public void Well_formed_tags_are_taken_and_the_rest_is_left_out(string header, string expected) =>
        Assert.Equal(expected, string.Join(',', TagHeader.Read(header).Select(t => $"{t.Key}={t.Value}")));

    [Fact]
    public void There_are_at_most_sixteen_of_at_most_sixty_four_characters()
    {
        Assert.Equal(16, TagHeader.Read(string.Join(',', Enumerable.Range(0, 100).Select(i => $"k{i}=v"))).Count);
        Assert.Single(TagHeader.Read($"{new string('k', 64)}={new string('v', 64)}"));
        Assert.Empty(TagHeader.Read($"{new string('k', 65)}=v"));
        Assert.Empty(TagHeader.Read($"k={new string('v', 65)}"));
    }

    [Fact]
    public void Any_text_gives_a_bounded_list_of_distinct_names() => Gen.String.Sample(text =>
    {
        var tags = TagHeader.Read(text);
        Assert.True(tags.Count <= 16);
        Assert.Equal(tags.Count, tags.Select(t => t.Key).Distinct().Count());
        Assert.All(tags, t => Assert.True(t.Key.Length is > 0 and <= 64 && t.Value.Length is > 0 and <= 64));
    });
}
