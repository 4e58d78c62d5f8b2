using LLMeterProxy.Core.Wire;
using LLMeterProxy.Options;
using Microsoft.Extensions.Configuration;

namespace LLMeterProxy.FunctionalTests.Configuration;

/// <summary>The providers' own variables enable a provider by themselves.</summary>
public sealed class ProviderVariableTests
{
    [Theory]
    [InlineData("MISTRAL_API_KEY", "mistral", "https://api.mistral.ai/", false)]
    [InlineData("DEEPSEEK_API_KEY", "deepseek", "https://api.deepseek.com/", false)]
    [InlineData("GROQ_API_KEY", "groq", "https://api.groq.com/", false)]
    [InlineData("XAI_API_KEY", "xai", "https://api.x.ai/", true)]
    [InlineData("PERPLEXITY_API_KEY", "perplexity", "https://api.perplexity.ai/", false)]
    [InlineData("OPENROUTER_API_KEY", "openrouter", "https://openrouter.ai/", true)]
    public void A_key_alone_enables_its_provider(string variable, string name, string baseUrl, bool takesItsCost)
    {
        var provider = Assert.Single(Read(out var errors, (variable, "k")).Providers);
        Assert.Empty(errors);
        Assert.Equal((name, name, baseUrl, takesItsCost), (provider.Name, provider.Kind, provider.BaseUrl.AbsoluteUri, provider.PreferProviderCost));
        Assert.Equal(["k"], provider.ApiKeys);
    }

    [Fact]
    public void Azure_needs_its_endpoint_beside_the_key()
    {
        Assert.Empty(Read(out _, ("AZURE_OPENAI_API_KEY", "k")).Providers);
        Assert.Empty(Read(out _, ("AZURE_OPENAI_ENDPOINT", "https://r.openai.azure.com")).Providers);
        var provider = Assert.Single(Read(out var errors, ("AZURE_OPENAI_API_KEY", "k"), ("AZURE_OPENAI_ENDPOINT", "https://r.openai.azure.com/")).Providers);
        Assert.Empty(errors);
        Assert.Equal(("azure-openai", "https://r.openai.azure.com/"), (provider.Kind, provider.BaseUrl.AbsoluteUri));
    }

    [Theory]
    [InlineData("r.openai.azure.com")]
    [InlineData("https://r.openai.azure.com/openai/v1")]
    [InlineData("http://r.openai.azure.com")]
    public void A_bad_endpoint_stops_the_start(string endpoint)
    {
        Read(out var errors, ("AZURE_OPENAI_API_KEY", "k"), ("AZURE_OPENAI_ENDPOINT", endpoint));
        Assert.Contains("BaseUrl", Assert.Single(errors).Key, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_Azure_resource_may_have_its_address_in_the_configuration()
    {
        var provider = Assert.Single(Read(
            out var errors,
            ("LLMeter:Providers:azure:Kind", "azure-openai"), ("LLMeter:Providers:azure:BaseUrl", "https://r.services.ai.azure.com"),
            ("LLMeter:Providers:azure:ApiKeys:0", "k"), ("LLMeter:Providers:azure:Models:my-gpt", "gpt-4o")).Providers);
        Assert.Empty(errors);
        Assert.Equal("gpt-4o", provider.Models["my-gpt"]);
    }

    private static HostSettings Read(out List<SettingError> errors, params (string Key, string Value)[] values)
    {
        errors = [];
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value))).Build();
        return SettingsReader.Read(configuration, new DialectCatalog(), errors);
    }
}
