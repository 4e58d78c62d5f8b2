using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Core.Tests.Wire.Bedrock;

public sealed class RouteTests
{
    private const string Profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile%2Fab12cd34";

    [Theory]
    [InlineData("/model/us.anthropic.claude-sonnet-4-5-20250929-v1:0/converse", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse", false)]
    [InlineData("/model/amazon.nova-lite-v1:0/converse-stream", "amazon.nova-lite-v1:0", "/model/amazon.nova-lite-v1%3A0/converse-stream", true)]
    [InlineData("/model/" + Profile + "/invoke", "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab12cd34", "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fab12cd34/invoke", false)]
    [InlineData("/model/a%2fb/invoke-with-response-stream", "a/b", "/model/a%2Fb/invoke-with-response-stream", true)]
    public void A_model_is_one_segment_and_goes_upstream_as_the_SDKs_encode_it(string path, string model, string upstream, bool stream)
    {
        var match = Dialects.Route("bedrock", path);
        Assert.Equal((model, upstream, stream), (match.Model, match.UpstreamPath, match.StreamByPath));
        Assert.Equal(RouteTreatment.Metered, match.Route.Treatment);
    }

    [Fact]
    public void Counting_tokens_is_free()
    {
        Assert.Equal(RouteTreatment.Free, Dialects.Route("bedrock", "/model/amazon.nova-lite-v1:0/count-tokens").Route.Treatment);
    }

    [Theory]
    [InlineData("/async-invoke", RouteTreatment.Deferred)]
    [InlineData("/guardrail/abc/version/1/apply", RouteTreatment.Refused)]
    [InlineData("/model-invocation-job", RouteTreatment.Refused)]
    [InlineData("/model/amazon.nova-sonic-v1:0/invoke-with-bidirectional-stream", RouteTreatment.Refused)]
    [InlineData("/openai/v1/chat/completions", RouteTreatment.Refused)]
    public void What_has_no_meter_is_refused(string path, RouteTreatment treatment)
    {
        Assert.Equal(treatment, Dialects.Route("bedrock", path).Route.Treatment);
    }

    [Theory]
    [Trait("Acceptance", "T25")]
    [InlineData("/model//converse")]
    [InlineData("/model/a/b/converse")]
    [InlineData("/model/a%2F..%2Fb/converse")]
    [InlineData("/model/a%2F%2Fb/converse")]
    [InlineData("/model/%2Fa/converse")]
    [InlineData("/model/a%2F/converse")]
    [InlineData("/model/a%20b/converse")]
    [InlineData("/model/a%/converse")]
    [InlineData("/model/a b/converse")]
    [InlineData("/model/../converse")]
    [InlineData("/model/a/converse/")]
    [InlineData("/model/a/Converse")]
    [InlineData("/model%2Fa/converse")]
    public void Any_other_path_is_unknown(string path)
    {
        Assert.Null(Dialects.Of("bedrock").Match("POST", path, "").Match);
    }
}
