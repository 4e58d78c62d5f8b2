using LLMeterProxy.Cli.Checks;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway.Route;
using LLMeterProxy.Options;

namespace LLMeterProxy.Features;

/// <summary>The checks that need no running server: the settings themselves, and each provider's key.</summary>
internal static class LocalChecks
{
    public static IReadOnlyList<ICheck> For(IConfigurationRoot configuration)
    {
        var errors = new List<SettingError>();
        var dialects = new DialectCatalog();
        var settings = SettingsReader.Read(configuration, dialects, errors);
        var probes = settings.Providers.Select(p => Probe(p, dialects.Find(p.Kind)!)).ToList();
        return [new SettingErrorsCheck(errors), new ProviderKeysCheck(probes, new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false }))];
    }

    private static ProviderProbe Probe(ProviderSettings provider, IDialect dialect)
    {
        // OpenRouter's model list is public; its key page is not.
        var path = dialect.Kind == "openrouter" ? "/api/v1/key"
            : dialect.Routes.FirstOrDefault(r => r is { Method: "GET", Operation: Operations.Models } && !r.Template.Contains('{') && r.Template.StartsWith('/'))?.Template
            ?? "/v1/models";
        List<KeyValuePair<string, string>> headers = [];
        if (provider.ApiKeys is [var key, ..])
        {
            headers.Add(dialect.Credential switch
            {
                CredentialForm.XApiKey => new("x-api-key", key),
                CredentialForm.XGoogApiKey => new("x-goog-api-key", key),
                CredentialForm.ApiKey => new("api-key", key),
                _ => new("Authorization", "Bearer " + key),
            });
        }

        if (dialect.Kind == "anthropic")
        {
            headers.Add(new("anthropic-version", "2023-06-01"));
        }

        return new ProviderProbe(
            provider.Name,
            new Uri(provider.BaseUrl.AbsoluteUri.TrimEnd('/') + path),
            headers,
            provider is { ApiKeys.Count: 0, ServiceAccountFile: { } file } ? new ServiceAccountTokens(file).GetAsync : null);
    }

    /// <summary>Would a start with this configuration be refused.</summary>
    private sealed class SettingErrorsCheck(List<SettingError> errors) : ICheck
    {
        public string Name => "settings";

        public Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<CheckResult>>(
            errors.Count == 0
                ? [new CheckResult(Verdict.Good, "every setting is valid")]
                : [.. errors.Select(e => new CheckResult(Verdict.Failed, e.ToString()))]);
    }
}
