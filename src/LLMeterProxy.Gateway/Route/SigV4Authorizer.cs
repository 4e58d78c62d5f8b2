using System.Globalization;
using System.Security.Cryptography;
using Amazon.Runtime.Internal.Auth;

namespace LLMeterProxy.Gateway.Route;

/// <summary>
/// Signs a dispatch with AWS Signature Version 4, because the client's own signature is of our host and its keys are not ours:
/// clients send a virtual key, and the operator's access key signs what really goes out, its body included.
/// </summary>
internal sealed class SigV4Authorizer(AwsCredential credential, TimeProvider time) : IUpstreamAuthorizer
{
    private const string Service = "bedrock";

    public ValueTask AuthorizeAsync(HttpRequestMessage request, GatewayContext context, CancellationToken cancellationToken)
    {
        var body = context.Body is null ? default : context.Admission!.UpstreamBody;
        Sign(request, body.Span);
        return ValueTask.CompletedTask;
    }

    /// <param name="body">The bytes of the message's content.</param>
    internal void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        Set(request, "x-amz-date", now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        Set(request, "x-amz-content-sha256", hash);
        if (credential.SessionToken is { } token)
        {
            Set(request, "x-amz-security-token", token);
        }

        var (names, canonical) = CanonicalRequest.Of(request, hash);
        var signature = AWS4Signer.ComputeSignature(
            credential.AccessKeyId, credential.SecretAccessKey, credential.Region, now, Service, names, canonical);
        Set(request, "Authorization", signature.ForAuthorizationHeader);
    }

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>The SDK's own rules of what is signed; they are open to derived classes only.</summary>
    private sealed class CanonicalRequest : AWS4Signer
    {
        public static (string SignedHeaders, string Text) Of(HttpRequestMessage request, string bodyHash)
        {
            var url = request.RequestUri!;
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["host"] = request.Headers.Host ?? url.Authority,
            };
            foreach (var (name, values) in request.Headers.NonValidated)
            {
                if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
                {
                    headers[name] = values.ToString();
                }
            }

            if (request.Content is { } content && content.Headers.NonValidated.TryGetValues("Content-Type", out var type))
            {
                headers["content-type"] = type.ToString();
            }

            var sorted = SortAndPruneHeaders(headers);

            // The path on the wire is encoded once; what is signed is that path encoded once more, as of every service but S3.
            var text = CanonicalizeRequest(
                new Uri(url.GetLeftPart(UriPartial.Authority)),
                url.AbsolutePath,
                request.Method.Method,
                sorted,
                CanonicalizeQueryParameters(url.Query.TrimStart('?')),
                bodyHash,
                pathResources: null,
                doubleEncode: false);
            return (CanonicalizeHeaderNames(sorted), text);
        }
    }
}
