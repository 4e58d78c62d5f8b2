namespace LLMeterProxy.Gateway.Route;

/// <summary>
/// Puts a credential on a dispatch that is more than a key in a header: a signature over the message, a token that is fetched
/// and renewed. One per provider; thread-safe.
/// </summary>
public interface IUpstreamAuthorizer
{
    /// <summary>
    /// Called for every try, when the message is complete: URL, headers and body are those that are sent. Replaces what it set
    /// on an earlier try. Whatever it throws means that nothing was sent.
    /// </summary>
    ValueTask AuthorizeAsync(HttpRequestMessage request, GatewayContext context, CancellationToken cancellationToken);
}
