using System.Text;
using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

public sealed class HostileBodyTests
{
    public static TheoryData<string, string> MeteredPaths => new()
    {
        { "openai", "/v1/chat/completions" },
        { "openai", "/v1/completions" },
        { "openai", "/v1/responses" },
        { "openai", "/v1/embeddings" },
        { "openai-compatible", "/v1/chat/completions" },
        { "openrouter", "/api/v1/messages" },
        { "anthropic", "/v1/messages" },
        { "gemini", "/v1beta/models/m:generateContent" },
        { "gemini", "/v1beta/models/m:streamGenerateContent" },
        { "gemini", "/v1beta/openai/chat/completions" },
    };

    [Theory]
    [MemberData(nameof(MeteredPaths))]
    [Trait("Acceptance", "T38")]
    public void What_is_not_one_JSON_object_in_UTF8_is_refused(string kind, string path)
    {
        byte[][] bodies =
        [
            [],
            " "u8.ToArray(),
            "null"u8.ToArray(),
            "[]"u8.ToArray(),
            "\"model\""u8.ToArray(),
            "{"u8.ToArray(),
            """{"model":"m" """u8.ToArray(),
            """{"model":"m"}}"""u8.ToArray(),
            """{"model":"m"} {"model":"n"}"""u8.ToArray(),
            """{"model":"m"}x"""u8.ToArray(),
            """{"model":"m",}"""u8.ToArray(),
            """{"model":"m"/* c */}"""u8.ToArray(),
            "{\"model\":\"m\"}// c"u8.ToArray(),
            """{'model':'m'}"""u8.ToArray(),
            """{model:"m"}"""u8.ToArray(),
            """{"model":"m","x":NaN}"""u8.ToArray(),
            """{"model":"m","x":Infinity}"""u8.ToArray(),
            """{"model":"m","x":01}"""u8.ToArray(),
            """{"model":"m","x":1e999}"""u8.ToArray(),
            """{"model":"m","x":[{"y":-1E+999}]}"""u8.ToArray(),
            """{"model":"m","x":"\ud83d"}"""u8.ToArray(),
            """{"model":"m","x":"\ude00\ud83d"}"""u8.ToArray(),
            """{"model":"m","x":"\ud83dx\ude00"}"""u8.ToArray(),
            """{"model":"m","x":"\uD83D\u0041"}"""u8.ToArray(),
            """{"model":"m","\ud800xxxxxxxxxxxx":1}"""u8.ToArray(),
            """{"model":"\ud800"}"""u8.ToArray(),
            """{"model":"m","x":"\q"}"""u8.ToArray(),
            [0xEF, 0xBB, 0xBF, .. """{"model":"m"}"""u8],
            [.. """{"model":"m"}"""u8, 0],
            [.. """{"model":"a"""u8, 0, .. "\"}"u8],
            [.. """{"model":"a"""u8, 0xFF, .. "\"}"u8],
            [.. """{"model":"a"""u8, 0xC0, 0xAE, .. "\"}"u8],
            [.. """{"model":"a"""u8, 0xED, 0xA0, 0x80, .. "\"}"u8],
            [.. """{"model":"m","mod"""u8, 0xFF, .. """el":"n"}"""u8],
            [.. """{"model":"m","x":"""u8, 0xFF, .. "}"u8],
            Encoding.Unicode.GetBytes("""{"model":"m"}"""),
            Encoding.UTF8.GetBytes("""{"model":"m","x":""" + new string('[', 10_000) + new string(']', 10_000) + "}"),
            Encoding.UTF8.GetBytes(new string('[', 5_000_000)),
            Encoding.UTF8.GetBytes("""{"x":""" + string.Concat(Enumerable.Repeat("""{"x":""", 10_000))),
        ];

        foreach (var body in bodies)
        {
            var reading = Dialects.Read(kind, path, body);
            Assert.Null(reading.Facts);
            Assert.Equal(ProblemCode.InvalidJson, reading.Problem!.Code);
        }
    }

    [Theory]
    [MemberData(nameof(MeteredPaths))]
    public void Deep_schemas_long_numbers_and_paired_surrogates_are_fine(string kind, string path)
    {
        string[] members =
        [
            string.Concat(Enumerable.Repeat("""{"x":""", 250)) + "1" + new string('}', 250),
            "1.5e-3",
            "1" + new string('0', 300),
            "\"\\ud83d\\ude00 \\\\ud83d \\n\"",
            "\"\u00e9\U0001F600\"",
            "\"\\u0000\"",
        ];

        foreach (var member in members)
            Assert.Null(Dialects.Read(kind, path, $$"""{"model":"m","metadata":null,"anything":{{member}}}""").Problem);
    }

    [Theory]
    [InlineData("""{"model":"a","model":"b"}""", "model")]
    [InlineData("""{"model":"a","model":"a"}""", "model")]
    [InlineData("""{"model":"a","mod\u0065l":"b"}""", "model")]
    [InlineData("""{"mode\u006c":"a","\u006dodel":"b"}""", "model")]
    [InlineData("""{"model":"a","stream":true,"stream":false}""", "stream")]
    [InlineData("""{"model":"a","stream":null,"stream":null}""", "stream")]
    [InlineData("""{"model":"a","max_tokens":1,"max_tokens":9}""", "max_tokens")]
    [InlineData("""{"model":"a","max_completion_tokens":1,"max_completion_tokens":9}""", "max_completion_tokens")]
    [InlineData("""{"model":"a","n":1,"n":9}""", "n")]
    [InlineData("""{"model":"a","service_tier":"flex","service_tier":"priority"}""", "service_tier")]
    [InlineData("""{"model":"a","tools":[],"tools":[]}""", "tools")]
    [InlineData("""{"model":"a","store":true,"store":false}""", "store")]
    [InlineData("""{"model":"a","usage":{},"usage":{}}""", "usage")]
    [InlineData("""{"model":"a","messages":[],"messages":[]}""", "messages")]
    [InlineData("""{"model":"a","user":"a","user":"b"}""", "user")]
    [InlineData("""{"model":"a","stream_options":{},"stream_options":null}""", "stream_options")]
    [InlineData("""{"model":"a","stream_options":{"include_usage":true,"include_us\u0061ge":false}}""", "include_usage")]
    [InlineData("""{"model":"a","tools":[{"type":"function","type":"web_search"}]}""", "type")]
    [Trait("Acceptance", "T36")]
    public void A_member_that_is_read_may_come_once(string body, string name)
    {
        var problem = Dialects.Problem("openai", "/v1/chat/completions", body);
        Assert.Equal((ProblemCode.DuplicateProperty, name), (problem.Code, problem.Param));
    }

    [Theory]
    [InlineData("""{"model":"a","background":false,"background":true}""")]
    [InlineData("""{"model":"a","input":"a","input":"b"}""")]
    [InlineData("""{"model":"a","max_output_tokens":1,"max_output_tokens":2}""")]
    [InlineData("""{"model":"a","previous_response_id":null,"previous_response_id":"r"}""")]
    [Trait("Acceptance", "T36")]
    public void A_member_of_a_response_call_may_come_once(string body)
    {
        Assert.Equal(ProblemCode.DuplicateProperty, Dialects.Problem("openai", "/v1/responses", body).Code);
    }

    [Fact]
    [Trait("Acceptance", "T37")]
    public void Another_case_is_another_member()
    {
        Assert.Equal("a", Dialects.Facts("openai", "/v1/chat/completions", """{"Model":"b","model":"a","MAX_TOKENS":9}""").Model);
        Assert.Null(Dialects.Facts("openai", "/v1/chat/completions", """{"model":"a","MAX_TOKENS":9}""").MaxOutputTokens);
    }

    [Theory]
    [InlineData("""{"model":"a","Model":"b"}""")]
    [InlineData("""{"model":"a","\u004dodel":"b"}""")]
    [InlineData("""{"model":"a","Max_Tokens":9}""")]
    [InlineData("""{"model":"a","stream":true,"stream_options":{"include_usage":true,"Include_Usage":false}}""")]
    [InlineData("""{"model":"a","\u017ftream":true}""")]
    [InlineData("""{"model":"a","max_to\u212aens":9}""")]
    [Trait("Acceptance", "T37")]
    public void A_server_whose_parser_may_ignore_case_is_sent_no_other_spelling(string body)
    {
        Assert.Equal(ProblemCode.InvalidValue, Dialects.Problem("openai-compatible", "/v1/chat/completions", body).Code);
    }

    [Theory]
    [InlineData("""{"model":"gpt-4o","metadata":{"model":"x"},"messages":[{"model":"y","stream":true,"n":50}]}""")]
    [InlineData("""{"messages":[{"content":"\"model\":\"x\""}],"model":"gpt-4o"}""")]
    [InlineData("""{"input_cost_per_token":0,"api_base":"https://example.org","mock_response":"x","model":"gpt-4o"}""")]
    [Trait("Acceptance", "T46")]
    public void Members_at_other_places_change_nothing(string body)
    {
        var facts = Dialects.Facts("openai", "/v1/chat/completions", body);
        Assert.Equal(("gpt-4o", false, 1), (facts.Model, facts.Stream, facts.Choices));
    }
}
