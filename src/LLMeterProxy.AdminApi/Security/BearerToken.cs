using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.AdminApi.Security;

/// <summary>A secret to compare bearer tokens with, in a time that depends neither on where they differ nor on their lengths.</summary>
internal sealed class BearerToken(string secret)
{
    private const string Scheme = "Bearer ";

    private readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    public bool Matches(HttpContext http)
    {
        var header = http.Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } value || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(value[Scheme.Length..].Trim())), _hash);
    }
}
