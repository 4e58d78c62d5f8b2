using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway.Route;
using Yarp.ReverseProxy.Transforms;

namespace LLMeterProxy.Gateway.Forward.Transforms;

/// <summary>Adds the provider's own credential. The client's was never copied: request headers pass by allow-list only (A75).</summary>
internal sealed class Credentials : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        var call = GatewayFeature.Of(context.HttpContext);
        if (call.Credential is { } credential)
        {
            Apply(context.ProxyRequest, call.Provider!.Dialect.CredentialFor(call.Match), credential);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Sets or replaces the credential: fail-over sends the same message again with another one.</summary>
    public static void Apply(HttpRequestMessage request, CredentialForm form, UpstreamCredential credential)
    {
        var (name, value) = form switch
        {
            CredentialForm.XApiKey => ("x-api-key", credential.Secret),
            CredentialForm.XGoogApiKey => ("x-goog-api-key", credential.Secret),
            CredentialForm.ApiKey => ("api-key", credential.Secret),
            _ => ("Authorization", credential.Bearer),
        };
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }
}
