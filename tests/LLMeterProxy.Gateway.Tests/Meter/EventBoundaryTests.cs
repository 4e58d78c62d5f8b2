using System.Text;
using CsCheck;
using LLMeterProxy.Gateway.Meter;

namespace LLMeterProxy.Gateway.Tests.Meter;

/// <summary>Whether a stream stands between two events does not depend on how it was cut.</summary>
public sealed class EventBoundaryTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("data: x\n\n", true)]
    [InlineData("data: x\r\n\r\n", true)]
    [InlineData("data: x\r\r", true)]
    [InlineData("data: x\n", false)]
    [InlineData("data: x\r\n", false)]
    [InlineData("data: x\n\nd", false)]
    public void Only_a_blank_line_is_a_boundary_in_any_split(string text, bool expected)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        for (var size = 1; size <= Math.Max(1, bytes.Length); size++)
        {
            var boundary = EventBoundary.Start;
            for (var at = 0; at < bytes.Length; at += size)
            {
                boundary.Sent(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)));
            }

            Assert.Equal(expected, boundary.IsAt);
        }
    }

    [Fact]
    public void Splits_agree_on_every_text() =>
        Gen.Select(Gen.Char["ab\r\n"].Array[1, 30], Gen.Int[1, 4]).Sample((text, size) =>
        {
            var bytes = Encoding.ASCII.GetBytes(text);
            var (whole, cut) = (EventBoundary.Start, EventBoundary.Start);
            whole.Sent(bytes);
            for (var at = 0; at < bytes.Length; at += size)
            {
                cut.Sent(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)));
            }

            Assert.Equal(whole.IsAt, cut.IsAt);
        });
}
