using Google.Apis.Auth.OAuth2;

namespace LLMeterProxy.Gateway.Route;

/// <summary>
/// Access tokens of a Google service account, exchanged for a signed assertion at the token endpoint that its key file names,
/// kept, and renewed before they end. Thread-safe.
/// </summary>
public sealed class ServiceAccountTokens
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    private readonly ITokenAccess _account;

    /// <param name="file">A key file that was found to be one.</param>
    public ServiceAccountTokens(string file)
    {
        _account = CredentialFactory.FromFile<ServiceAccountCredential>(file).ToGoogleCredential().CreateScoped(Scope);
    }

    /// <summary>A token that is good for some minutes at least.</summary>
    /// <exception cref="Google.Apis.Auth.OAuth2.Responses.TokenResponseException">Google refuses the account.</exception>
    /// <exception cref="HttpRequestException">The token endpoint cannot be reached.</exception>
    public Task<string> GetAsync(CancellationToken cancellationToken) =>
        _account.GetAccessTokenForRequestAsync(cancellationToken: cancellationToken);
}
