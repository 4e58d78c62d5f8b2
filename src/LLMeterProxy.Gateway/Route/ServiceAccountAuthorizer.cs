namespace LLMeterProxy.Gateway.Route;

/// <summary>Authorises a dispatch by an access token of a Google service account.</summary>
internal sealed class ServiceAccountAuthorizer(ServiceAccountTokens tokens) : IUpstreamAuthorizer
{
    public async ValueTask AuthorizeAsync(HttpRequestMessage request, GatewayContext context, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(cancellationToken);
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
    }
}
