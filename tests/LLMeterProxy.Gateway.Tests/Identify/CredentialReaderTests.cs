using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;
using LLMeterProxy.Gateway.Identify;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Gateway.Tests.Identify;

/// <summary>Which of the headers of a request is its key (T79, T80).</summary>
public sealed class CredentialReaderTests
{
    private const string Key = "lmp_the-key";

    public static TheoryData<string, string> Places => new()
    {
        { "Authorization", "Bearer " + Key },
        { "Authorization", "bearer " + Key },
        { "Authorization", "Bearer   " + Key + " " },
        { "x-api-key", Key },
        { "api-key", Key },
        { "x-goog-api-key", Key },
        { "x-llmeter-key", Key },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void Every_usual_header_carries_the_key_on_every_route(string name, string value)
    {
        foreach (var form in new CredentialForm?[] { null, CredentialForm.Bearer, CredentialForm.XApiKey, CredentialForm.XGoogApiKey, CredentialForm.ApiKey })
        {
            Assert.Null(CredentialReader.Read(Request((name, value)), form, out var key));
            Assert.Equal(Key, key);
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void Two_equal_values_are_one_and_two_different_ones_are_ambiguous(string name, string value)
    {
        foreach (var other in new[] { "x-api-key", "api-key", "x-goog-api-key" })
        {
            if (other == name || name == "x-llmeter-key")
            {
                continue;
            }

            Assert.Null(CredentialReader.Read(Request((name, value), (other, Key)), null, out _));
            Assert.Equal(ProblemCode.AmbiguousCredentials, CredentialReader.Read(Request((name, value), (other, "another")), null, out _)?.Code);
        }
    }

    [Fact]
    public void Our_own_header_wins_over_all_others()
    {
        Assert.Null(CredentialReader.Read(Request(("x-llmeter-key", Key), ("Authorization", "Bearer a"), ("x-api-key", "b")), null, out var key));
        Assert.Equal(Key, key);
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("Bearer")]
    [InlineData("Basic abc")]
    [InlineData("AWS4-HMAC-SHA256 Credential=x")]
    public void An_authorization_of_another_kind_is_no_key(string authorization) =>
        Assert.Equal(ProblemCode.InvalidApiKey, CredentialReader.Read(Request(("Authorization", authorization)), null, out _)?.Code);

    [Theory]
    [InlineData("Authorization")]
    [InlineData("x-api-key")]
    [InlineData("x-llmeter-key")]
    public void A_header_that_comes_twice_is_ambiguous(string name)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers[name] = new Microsoft.Extensions.Primitives.StringValues(["Bearer a", "Bearer a"]);
        Assert.Equal(ProblemCode.AmbiguousCredentials, CredentialReader.Read(http, null, out _)?.Code);
    }

    [Fact]
    public void The_query_counts_on_gemini_routes_alone()
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString("?key=" + Key);
        Assert.Null(CredentialReader.Read(http, CredentialForm.XGoogApiKey, out var key));
        Assert.Equal(Key, key);
        Assert.Equal(ProblemCode.InvalidApiKey, CredentialReader.Read(http, CredentialForm.Bearer, out _)?.Code);
    }

    private static DefaultHttpContext Request(params (string Name, string Value)[] headers)
    {
        var http = new DefaultHttpContext();
        foreach (var (name, value) in headers)
        {
            http.Request.Headers.Append(name, value);
        }

        return http;
    }
}
