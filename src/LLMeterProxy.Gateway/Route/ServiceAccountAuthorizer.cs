using Google.Apis.Auth.OAuth2;

namespace LLMeterProxy.Gateway.Route;

/// <summary>
/// Authorises a dispatch by an access token of a Google service account, exchanged for a signed assertion at the token endpoint
/// that its key file names, kept, and renewed before it ends.
/// </summary>
internal sealed class ServiceAccountAuthorizer : IUpstreamAuthorizer
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    private readonly ITokenAccess _account;

    /// <param name="file">A key file that was found to be one.</param>
    public ServiceAccountAuthorizer(string file)
    {
        _account = CredentialFactory.FromFile<ServiceAccountCredential>(file).ToGoogleCredential().CreateScoped(Scope);
    }

    public async ValueTask AuthorizeAsync(HttpRequestMessage request, GatewayContext context, CancellationToken cancellationToken)
    {
        var token = await _account.GetAccessTokenForRequestAsync(cancellationToken: cancellationToken);
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
    }
}
