using System.Text;
using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

public sealed class AzureRequestTests
{
    private const string Deployment = "/openai/deployments/my-gpt/chat/completions";
    private const string Stream = """{"model":"other","messages":[],"stream":true}""";

    [Theory]
    [InlineData(Deployment, """{"model":"gpt-4o","messages":[]}""")]
    [InlineData(Deployment, """{"messages":[]}""")]
    [InlineData(Deployment, """{"model":null,"messages":[]}""")]
    [InlineData("/openai/deployments/my-gpt/images/generations", """{"model":"gpt-image-1","prompt":"p"}""")]
    [InlineData("/openai/deployments/my-gpt/audio/speech", """{"model":"tts-1","input":"hello"}""")]
    [Trait("Acceptance", "T33")]
    public void The_deployment_of_the_path_is_the_model_whatever_the_body_says(string path, string body) =>
        Assert.Equal("my-gpt", Dialects.Facts("azure-openai", path, body).Model);

    [Fact]
    [Trait("Acceptance", "T33")]
    public void The_deployment_of_the_path_is_the_model_of_a_form_too() => Assert.Equal(
        "my-whisper", Form.Facts(Form.Field("model", "whisper-1") + Form.File("file", "x") + Form.End, "azure-openai", "/openai/deployments/my-whisper/audio/transcriptions").Model);

    [Fact]
    public void A_path_without_a_deployment_leaves_the_model_to_the_body()
    {
        Assert.Equal("m", Dialects.Facts("azure-openai", "/openai/v1/responses", """{"model":"m"}""").Model);
        Assert.Equal("m", Dialects.Facts("azure-openai", "/models/chat/completions", """{"model":"m"}""").Model);
        Assert.Equal(ProblemCode.MissingModel, Dialects.Problem("azure-openai", "/openai/v1/responses", "{}").Code);
    }

    [Theory]
    // Azure's API version lifecycle: stream_options since 2024-09-01-preview; older versions answer it with a 400.
    [InlineData(Deployment, "?api-version=2024-09-01-preview", true)]
    [InlineData(Deployment, "?api-version=2024-10-21", true)]
    [InlineData(Deployment, "?api-version=2025-04-01-preview", true)]
    [InlineData(Deployment, "?api-version=preview", true)]
    [InlineData(Deployment, "?api-version=latest", true)]
    [InlineData(Deployment, "?api-version=2024-08-01-preview", false)]
    [InlineData(Deployment, "?api-version=2023-07-01-preview", false)]
    [InlineData(Deployment, "?api-version=nonsense", false)]
    [InlineData(Deployment, "", false)]
    [InlineData("/openai/v1/chat/completions", "", true)]
    [InlineData("/openai/v1/chat/completions", "?api-version=2023-05-15", true)]
    [InlineData("/models/chat/completions", "?api-version=2024-05-01-preview", true)]
    [Trait("Acceptance", "A37")]
    public void Usage_is_asked_for_only_where_the_version_takes_it(string path, string query, bool asks)
    {
        var facts = Read(path, query, Stream);
        Assert.Equal(asks, facts.UsageSplice is not null);
    }

    // Azure refuses stream_options together with "on your data".
    [Fact]
    public void Usage_is_not_asked_for_where_the_call_brings_its_own_data() => Assert.Null(
        Read(Deployment, "?api-version=2024-10-21", """{"messages":[],"stream":true,"data_sources":[{"type":"azure_search"}]}""").UsageSplice);

    private static RequestFacts Read(string path, string query, string body)
    {
        var reading = Dialects.Of("azure-openai").ReadRequest(Dialects.Route("azure-openai", path, query: query), Encoding.UTF8.GetBytes(body));
        Assert.Null(reading.Problem);
        return reading.Facts!;
    }
}
