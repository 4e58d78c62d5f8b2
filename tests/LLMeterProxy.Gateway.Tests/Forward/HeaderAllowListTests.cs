using LLMeterProxy.Gateway.Forward;

namespace LLMeterProxy.Gateway.Tests.Forward;

/// <summary>What may pass in which direction (T77, A75).</summary>
public sealed class HeaderAllowListTests
{
    [Theory]
    [InlineData("Accept")]
    [InlineData("User-Agent")]
    [InlineData("Idempotency-Key")]
    [InlineData("anthropic-version")]
    [InlineData("anthropic-beta")]
    [InlineData("OpenAI-Beta")]
    [InlineData("X-Stainless-Retry-Count")]
    [InlineData("x-openrouter-title")]
    public void A_request_header_of_the_list_passes(string name) => Assert.True(HeaderAllowList.ForRequests([]).Allows(name));

    [Theory]
    [InlineData("Authorization")]
    [InlineData("x-api-key")]
    [InlineData("api-key")]
    [InlineData("x-goog-api-key")]
    [InlineData("x-llmeter-key")]
    [InlineData("x-llmeter-tags")]
    [InlineData("Cookie")]
    [InlineData("OpenAI-Organization")]
    [InlineData("OpenAI-Project")]
    [InlineData("x-goog-user-project")]
    [InlineData("X-Forwarded-For")]
    [InlineData("traceparent")]
    [InlineData("Host")]
    [InlineData("Content-Length")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Connection")]
    [InlineData("Upgrade")]
    [InlineData("Expect")]
    [InlineData("Accept-Encoding")]
    [InlineData("X-HTTP-Method-Override")]
    public void A_header_of_identity_or_framing_never_passes_not_even_where_the_operator_asks(string name) =>
        Assert.False(HeaderAllowList.ForRequests([name, name.ToUpperInvariant()]).Allows(name));

    [Fact]
    public void An_operator_can_let_others_pass()
    {
        Assert.False(HeaderAllowList.ForRequests([]).Allows("x-team"));
        Assert.True(HeaderAllowList.ForRequests(["X-Team"]).Allows("x-team"));
    }

    [Theory]
    [InlineData("Content-Type", true)]
    [InlineData("Retry-After", true)]
    [InlineData("x-should-retry", true)]
    [InlineData("x-request-id", true)]
    [InlineData("request-id", true)]
    [InlineData("x-ratelimit-remaining-tokens", true)]
    [InlineData("anthropic-ratelimit-tokens-reset", true)]
    [InlineData("openai-processing-ms", true)]
    [InlineData("Set-Cookie", false)]
    [InlineData("Server", false)]
    [InlineData("openai-organization", false)]
    [InlineData("anthropic-organization-id", false)]
    [InlineData("Strict-Transport-Security", false)]
    [InlineData("x-llmeter-request-id", false)]
    [InlineData("Transfer-Encoding", false)]
    public void A_response_passes_what_clients_need_and_nothing_of_the_account(string name, bool passes) =>
        Assert.Equal(passes, HeaderAllowList.Response.Allows(name));
}
