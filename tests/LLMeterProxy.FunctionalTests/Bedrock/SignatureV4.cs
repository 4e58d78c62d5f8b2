using System.Security.Cryptography;
using System.Text;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Bedrock;

/// <summary>
/// AWS Signature Version 4 as its specification describes it ("Create a signed AWS API request", IAM user guide), worked out from
/// a message as it arrived; the product signs with AWS's own library.
/// </summary>
internal static class SignatureV4
{
    /// <summary>The signature that the message should have.</summary>
    public static string Of(HttpMessageText message, string secret, string region, string service, IReadOnlyList<string> signedHeaders)
    {
        var target = message.StartLine.Split(' ')[1].Split('?');
        var time = message.Header("x-amz-date")!;
        var canonical = string.Join('\n', [
            message.StartLine.Split(' ')[0],
            string.Join('/', target[0].Split('/').Select(Uri.EscapeDataString)),
            target.Length > 1 ? target[1] : "",
            .. signedHeaders.Select(name => $"{name}:{message.Header(name)}"),
            "",
            string.Join(';', signedHeaders),
            Hex(SHA256.HashData(message.Body.Span)),
        ]);
        var scope = $"{time[..8]}/{region}/{service}/aws4_request";
        var toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
