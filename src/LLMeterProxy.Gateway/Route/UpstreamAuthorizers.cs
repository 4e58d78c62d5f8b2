namespace LLMeterProxy.Gateway.Route;

/// <summary>Makes the authorizer of a provider whose settings ask for one.</summary>
public sealed class UpstreamAuthorizers(TimeProvider time)
{
    /// <returns>Null where the provider takes a plain key, or none: a key of the pool wins over every other credential.</returns>
    public IUpstreamAuthorizer? Create(ProviderSettings settings) => settings switch
    {
        { ApiKeys.Count: > 0 } => null,
        { Aws: { } aws } => new SigV4Authorizer(aws, time),
        { ServiceAccountFile: { } file } => new ServiceAccountAuthorizer(new ServiceAccountTokens(file)),
        _ => null,
    };
}
