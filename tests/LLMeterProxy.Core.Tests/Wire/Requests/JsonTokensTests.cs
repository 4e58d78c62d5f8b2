using System.Text;
using System.Text.Json;
using CsCheck;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

public sealed class JsonTokensTests
{
    // Long strings with escapes at any place, and the usual rest.
    private static readonly Gen<string> _text = Gen.OneOf(
        Gen.String[Gen.Char["ab \\\"/\n\t\u0001é€\ud83d\ude00"], 0, 80].Where(IsWhole),
        Gen.Const(new string('x', 300) + "\n" + new string('y', 300)),
        Gen.Const(""));

    private static readonly Gen<string> _value = Gen.Recursive<string>((depth, value) => depth == 4
        ? _text.Select(t => JsonSerializer.Serialize(t))
        : Gen.OneOf(
            _text.Select(t => JsonSerializer.Serialize(t)),
            Gen.Double.Where(double.IsFinite).Select(d => JsonSerializer.Serialize(d)),
            Gen.Long.Select(l => JsonSerializer.Serialize(l)),
            AnyOf("true", "false", "null", "0", "-0", "1E5", "1.5e-3", "{ }", "[\n]"),
            value.Array[0, 3].Select(v => "[" + string.Join(" ,", v) + "]"),
            Gen.Select(_text, value).Array[0, 3].Select(m => "{" + string.Join(",\t", m.Select(p => JsonSerializer.Serialize(p.Item1) + " : " + p.Item2)) + "}")));

    [Fact]
    public void Reads_valid_json_exactly_as_the_framework_does() => _value.Sample(json => Assert.Equal(Framework(json), Ours(json)));

    [Fact]
    public void Accepts_and_refuses_damaged_json_exactly_as_the_framework_does() =>
        Gen.Select(_value, Gen.Int[0, 10_000], AnyOf("", "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", "u", "\\u12", " ", "\u0001", "t"), Gen.Bool)
            .Sample((json, place, piece, replace) =>
            {
                var at = place % (json.Length + 1);
                var damaged = json[..at] + piece + json[Math.Min(json.Length, replace ? at + 1 : at)..];
                Assert.Equal(Framework(damaged), Ours(damaged));
            });

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Nests_to_256_levels(int levels, bool isValid) =>
        Assert.Equal(isValid, Ours(new string('[', levels) + new string(']', levels)) is not null);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("01")]
    [InlineData("[1,]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\"}")]
    [InlineData("[1 2]")]
    [InlineData("{} {}")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"tab\there\"")]
    [InlineData("\"open")]
    [InlineData("\"open\\")]
    [InlineData("-")]
    [InlineData("1.")]
    [InlineData("1e+")]
    [InlineData("truth")]
    [InlineData("[}")]
    public void Refuses_what_is_no_json(string json)
    {
        Assert.Null(Ours(json));
        Assert.Null(Framework(json));
    }

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    /// <returns>One line a token; null where the text is no JSON.</returns>
    private static string? Ours(string json)
    {
        var tokens = new JsonTokens(Encoding.UTF8.GetBytes(json));
        var trace = new StringBuilder();
        try
        {
            while (tokens.Read())
            {
                var isText = tokens.TokenType is JsonTokenType.String or JsonTokenType.PropertyName;
                trace.AppendLine($"{tokens.TokenType} {tokens.Start} {tokens.End} {tokens.CurrentDepth} {(isText ? tokens.GetString() : Encoding.UTF8.GetString(tokens.ValueSpan))}");
            }

            return trace.ToString();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Framework(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = JsonTokens.DeepestLevel });
        var trace = new StringBuilder();
        try
        {
            while (reader.Read())
            {
                var isText = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName;
                trace.AppendLine($"{reader.TokenType} {reader.TokenStartIndex} {reader.BytesConsumed} {reader.CurrentDepth} {(isText ? reader.GetString() : Encoding.UTF8.GetString(reader.ValueSpan))}");
            }

            return trace.ToString();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsWhole(string text)
    {
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
