using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Routes;

public sealed class DialectCatalogTests
{
    [Theory]
    [InlineData("openai", "https://api.openai.com", "OPENAI_API_KEY", true, CredentialForm.Bearer, DisconnectPolicy.Cancel)]
    [InlineData("anthropic", "https://api.anthropic.com", "ANTHROPIC_API_KEY", true, CredentialForm.XApiKey, DisconnectPolicy.Cancel)]
    [InlineData("gemini", "https://generativelanguage.googleapis.com", "GEMINI_API_KEY", true, CredentialForm.XGoogApiKey, DisconnectPolicy.Drain)]
    [InlineData("openrouter", "https://openrouter.ai", "OPENROUTER_API_KEY", true, CredentialForm.Bearer, DisconnectPolicy.Cancel)]
    [InlineData("azure-openai", null, "AZURE_OPENAI_API_KEY", true, CredentialForm.ApiKey, DisconnectPolicy.Cancel)]
    [InlineData("mistral", "https://api.mistral.ai", "MISTRAL_API_KEY", true, CredentialForm.Bearer, DisconnectPolicy.Drain)]
    [InlineData("deepseek", "https://api.deepseek.com", "DEEPSEEK_API_KEY", true, CredentialForm.Bearer, DisconnectPolicy.Cancel)]
    [InlineData("groq", "https://api.groq.com", "GROQ_API_KEY", true, CredentialForm.Bearer, DisconnectPolicy.Drain)]
    [InlineData("xai", "https://api.x.ai", "XAI_API_KEY", true, CredentialForm.Bearer, DisconnectPolicy.Cancel)]
    [InlineData("perplexity", "https://api.perplexity.ai", "PERPLEXITY_API_KEY", true, CredentialForm.Bearer, DisconnectPolicy.Drain)]
    [InlineData("cohere", "https://api.cohere.com", "COHERE_API_KEY", true, CredentialForm.Bearer, DisconnectPolicy.Cancel)]
    [InlineData("ollama", "http://127.0.0.1:11434", null, false, CredentialForm.Bearer, DisconnectPolicy.Cancel)]
    [InlineData("vertex", "https://aiplatform.googleapis.com", null, true, CredentialForm.XGoogApiKey, DisconnectPolicy.Drain)]
    [InlineData("bedrock", null, "AWS_BEARER_TOKEN_BEDROCK", true, CredentialForm.Bearer, DisconnectPolicy.Drain)]
    [InlineData("openai-compatible", null, null, false, CredentialForm.Bearer, DisconnectPolicy.Drain)]
    public void A_kind_brings_its_own_defaults(
        string kind, string? baseUrl, string? variable, bool needsKey, CredentialForm credential, DisconnectPolicy onDisconnect)
    {
        var dialect = Dialects.Of(kind);

        Assert.Equal(kind, dialect.Kind);
        Assert.Equal(kind, dialect.PriceList);
        Assert.Equal(
            (baseUrl, variable, needsKey, credential, onDisconnect),
            (dialect.DefaultBaseUrl, dialect.ApiKeyVariable, dialect.NeedsApiKey, dialect.Credential, dialect.OnDisconnect));
    }

    [Fact]
    public void Bedrock_has_an_address_for_each_region()
    {
        Assert.Equal("https://bedrock-runtime.eu-west-1.amazonaws.com", Dialects.Of("bedrock").BaseUrlOf("eu-west-1"));
        Assert.Null(Dialects.Of("bedrock").BaseUrlOf(null));
    }

    [Fact]
    public void A_kind_that_nobody_built_is_not_found()
    {
        Assert.Null(new DialectCatalog().Find("open-ai"));
        Assert.Equal(Dialects.Catalog.All.Count, Dialects.Catalog.All.Select(dialect => dialect.Kind).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    [Trait("Acceptance", "A60")]
    public void Only_kinds_whose_stated_cost_is_exact_are_believed_unasked() => Assert.Equal(
        ["openrouter", "xai"],
        Dialects.Catalog.All.Where(dialect => dialect.StatesExactCost).Select(dialect => dialect.Kind));

    [Fact]
    public void Anthropics_form_at_another_provider_answers_in_Anthropics_shape()
    {
        var deepseek = Dialects.Of("deepseek");
        var messages = Dialects.Route("deepseek", "/anthropic/v1/messages");
        Assert.Equal(CredentialForm.XApiKey, deepseek.CredentialFor(messages));
        Assert.Same(AnthropicProblems.Instance, deepseek.ProblemsFor(messages));
        Assert.Same(OpenAiProblems.Instance, deepseek.ProblemsFor(Dialects.Route("deepseek", "/v1/chat/completions")));
        Assert.Same(AnthropicProblems.Instance, Dialects.Of("azure-openai").ProblemsFor(Dialects.Route("azure-openai", "/anthropic/v1/messages/count_tokens")));
    }

    [Fact]
    public void The_OpenAI_form_of_Gemini_takes_the_key_as_a_bearer_token()
    {
        var gemini = Dialects.Of("gemini");
        Assert.Equal(CredentialForm.Bearer, gemini.CredentialFor(Dialects.Route("gemini", "/v1beta/openai/chat/completions")));
        Assert.Equal(CredentialForm.XGoogApiKey, gemini.CredentialFor(Dialects.Route("gemini", "/v1beta/models/m:generateContent")));
    }

    [Theory]
    [InlineData(200, false)]
    [InlineData(399, false)]
    [InlineData(400, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(529, true)]
    public void An_error_status_is_not_billed(int status, bool unbilled)
    {
        foreach (var dialect in Dialects.Catalog.All)
            Assert.Equal(unbilled, dialect.IsUnbilled(status));
    }
}
