using System.Text;
using System.Text.Json;
using CsCheck;
using LLMeterProxy.Core.Tests.Wire.Routes;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

public sealed class RequestFuzzTests
{
    private static readonly (string Kind, string Path)[] _paths =
        [.. HostileBodyTests.MeteredPaths.Select(row => ((string)row[0], (string)row[1]))];

    private static readonly string[] _seeds =
    [
        """{"model":"gpt-4o","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.org"}}]}],"stream":true,"stream_options":{"include_usage":false},"max_tokens":5,"n":2}""",
        """{"model":"gpt-5","input":[{"type":"item_reference","id":"x"}],"tools":[{"type":"web_search"},{"type":"namespace","tools":[]}],"max_tool_calls":3,"previous_response_id":"r","prompt":{"id":"p"}}""",
        """{"model":"claude","max_tokens":1024,"metadata":{"user_id":"u"},"messages":[{"role":"user","content":[{"type":"document","source":{"type":"url","url":"u"}}]}],"tools":[{"type":"web_search_20250305","max_uses":2}]}""",
        """{"contents":[{"parts":[{"fileData":{"fileUri":"u"}},{"inlineData":{"mimeType":"video/mp4","data":"AA"}}]}],"generationConfig":{"maxOutputTokens":9,"candidateCount":2},"tools":[{"googleSearch":{}}]}""",
        """{"model":"m","prompt":["a",[1,2],"\ud83d\ude00"],"best_of":3,"user":"\u00e9","models":["m"],"plugins":[{"id":"web"}]}""",
    ];

    private static readonly string[] _tokens =
    [
        "\"model\":", "\"mod\\u0065l\":", "\"model\":\"x\",", "\"stream\":true,", "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "null", "true", "1e999",
        "-1", "9223372036854775808", "\"max_tokens\":", "\"stream_options\":null,", "\"generationConfig\":{", "\"tools\":[", "\u00ff", "\0", " ", "/*", "\"source\":{",
    ];

    [Fact]
    public void Whatever_the_bytes_there_are_facts_or_a_problem() =>
        Gen.Select(Gen.Int[0, _paths.Length - 1], Mutated).Sample(
            (at, body) =>
            {
                var (kind, path) = _paths[at];
                var reading = Dialects.Read(kind, path, body);
                Assert.True(reading.Facts is null != reading.Problem is null);
            },
            iter: 25_000);

    [Fact]
    [Trait("Acceptance", "T37")]
    public void An_accepted_body_names_the_same_model_to_a_parser_that_takes_the_first_and_to_one_that_takes_the_last() =>
        Gen.Select(Gen.OneOf("openai", "anthropic"), Mutated).Sample(
            (kind, body) =>
            {
                var reading = Dialects.Read(kind, kind == "openai" ? "/v1/chat/completions" : "/v1/messages", body);
                if (reading.Facts is not { } facts)
                    return;

                using var parsed = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 256 });
                var models = parsed.RootElement.EnumerateObject().Where(member => member.Name == "model").ToList();
                Assert.Equal(facts.Model, models[0].Value.GetString());
                Assert.Equal(facts.Model, models[^1].Value.GetString());

                var streams = parsed.RootElement.EnumerateObject().Where(member => member.Name == "stream").ToList();
                Assert.All(streams, stream => Assert.Equal(facts.Stream, stream.Value.ValueKind == JsonValueKind.True));
            },
            iter: 25_000);

    private static Gen<byte[]> Mutated { get; } =
        from seed in Gen.OneOf(_seeds)
        from edits in Gen.Select(Gen.Int[0, 3], Gen.Double.Unit, Gen.OneOf(_tokens), Gen.Byte).Array[0, 4]
        select edits.Aggregate(Encoding.UTF8.GetBytes(seed), Edit);

    private static byte[] Edit(byte[] body, (int Way, double At, string Token, byte Byte) edit)
    {
        var at = (int)(edit.At * body.Length);
        return edit.Way switch
        {
            0 => [.. body[..at], .. Encoding.UTF8.GetBytes(edit.Token), .. body[at..]],
            1 => [.. body[..at], edit.Byte, .. body[Math.Min(at + 1, body.Length)..]],
            2 => body[..at],
            _ => [.. body[..at], .. body[Math.Min(at + (edit.Byte % 24), body.Length)..]],
        };
    }
}
