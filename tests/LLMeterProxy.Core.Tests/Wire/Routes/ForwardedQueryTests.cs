using CsCheck;

namespace LLMeterProxy.Core.Tests.Wire.Routes;

public sealed class ForwardedQueryTests
{
    private const string GeminiStream = "/v1beta/models/m:streamGenerateContent";

    [Theory]
    [InlineData("", "")]
    [InlineData("?", "")]
    [InlineData("?alt=sse", "?alt=sse")]
    [InlineData("?key=secret&alt=sse", "?alt=sse")]
    [InlineData("?alt=sse&key=secret", "?alt=sse")]
    [InlineData("?%6bey=secret&alt=json", "?alt=json")]
    [InlineData("?alt=proto", "")]
    [InlineData("?alt=sse&alt=json", "?alt=sse")]
    [InlineData("?alt=json&alt=sse", "?alt=json")]
    [InlineData("?alt=sse&fields=candidates", "?alt=sse")]
    [InlineData("?$alt=proto&alt=sse", "?alt=sse")]
    [InlineData("?Alt=sse", "")]
    [InlineData("?alt", "")]
    [InlineData("?alt=", "")]
    [InlineData("?_method=DELETE", "")]
    [Trait("Acceptance", "T31")]
    public void Gemini_gets_the_form_of_the_stream_and_nothing_else(string query, string forwarded)
    {
        Assert.Equal(forwarded, Dialects.Route("gemini", GeminiStream, query: query).UpstreamQuery);
    }

    [Theory]
    [InlineData("anthropic", "/v1/messages", "POST", "?beta=true", "?beta=true")]
    [InlineData("anthropic", "/messages", "POST", "?beta=true", "?beta=true")]
    [InlineData("anthropic", "/v1/models", "GET", "?limit=20&after_id=m_1&x=y", "?limit=20&after_id=m_1")]
    [InlineData("gemini", "/v1beta/models", "GET", "?pageSize=5&pageToken=a%2Bb%20c%3D&key=k", "?pageSize=5&pageToken=a%2Bb%20c%3D")]
    [InlineData("openrouter", "/api/v1/generation", "GET", "?id=gen-1", "?id=gen-1")]
    [InlineData("openrouter", "/api/v1/generation", "GET", "?id=gen-1&id=gen-2", "?id=gen-1")]
    [InlineData("openrouter", "/api/v1/generation", "GET", "?id=a%0d%0ab", "")]
    [InlineData("openai", "/v1/chat/completions", "POST", "?beta=true&key=k", "")]
    [InlineData("openai-compatible", "/v1/chat/completions", "POST", "?api-version=2024-10-21", "?api-version=2024-10-21")]
    public void A_parameter_is_forwarded_only_where_the_route_lists_it(string kind, string path, string method, string query, string forwarded)
    {
        Assert.Equal(forwarded, Dialects.Route(kind, path, method, query).UpstreamQuery);
    }

    [Fact]
    [Trait("Acceptance", "T31")]
    public void No_route_of_any_dialect_lists_a_credential()
    {
        foreach (var route in Dialects.Catalog.All.SelectMany(dialect => dialect.Routes))
        {
            foreach (var name in route.Query)
            {
                Assert.DoesNotContain("key", name, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("token=", name, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Fact]
    public void Whatever_the_query_only_listed_names_come_through_once_and_encoded()
    {
        Gen.String[Gen.Char["alt=sejon&%2bk ?#\r\u00e9;"], 0, 40].Sample(text =>
        {
            var forwarded = Dialects.Route("gemini", GeminiStream, query: "?" + text).UpstreamQuery;
            Assert.Contains(forwarded, new[] { "", "?alt=sse", "?alt=json" });

            var page = Dialects.Route("openrouter", "/api/v1/generation", "GET", "?id=" + text).UpstreamQuery;
            Assert.True(page.Length == 0 || page.StartsWith("?id=", StringComparison.Ordinal));
            Assert.All(page.Skip(1), character => Assert.DoesNotContain(character, "&?# \r\u00e9;"));
        });
    }
}
