using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LLMeterProxy.FunctionalTests.Refusals;
using LLMeterProxy.TestKit;

namespace LLMeterProxy.FunctionalTests.Configuration;

/// <summary>The gateway listener with a certificate of its own, over HTTP/1.1 and 2, and its renewal while it runs.</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task Both_protocols_work_and_a_renewed_certificate_is_taken_without_a_restart()
    {
        using var directory = new TempDirectory();
        var first = WriteCertificate(directory);
        await using var node = await TestNode.StartAsync(new TestNodeOptions
        {
            Settings = new Dictionary<string, string>
            {
                ["LLMeter:Listen:Gateway"] = "https://127.0.0.1:0",
                ["LLMeter:Tls:CertificateFile"] = directory.File("cert.pem"),
                ["LLMeter:Tls:KeyFile"] = directory.File("key.pem"),
            },
        });
        Assert.StartsWith("https://", node.GatewayUrl, StringComparison.Ordinal);
        var (_, key) = await node.NewTenantAsync();
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            var (status, used, thumbprint) = await CallAsync(node, key, version);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal(version, used);
            Assert.Equal(first, thumbprint);
        }

        var second = WriteCertificate(directory);
        Assert.NotEqual(first, second);
        await Until.TrueAsync(async () => (await CallAsync(node, key, HttpVersion.Version20)).Thumbprint == second, seconds: 30);

        // A half-written file leaves the certificate in use in place.
        directory.File("cert.pem", "-----BEGIN CERTIFICATE-----\nMIIB");
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version11, second), await CallAsync(node, key, HttpVersion.Version11));
    }

    [Fact]
    public async Task Cleartext_http_2_has_a_listener_of_its_own()
    {
        var port = FreePort();
        await using var node = await TestNode.StartAsync(new TestNodeOptions
        {
            Settings = new Dictionary<string, string> { ["LLMeter:Listen:GatewayH2c"] = $"http://127.0.0.1:{port}" },
        });
        var (_, key) = await node.NewTenantAsync();
        using var client = new HttpClient();
        var request = Calls.Post(Api.OpenAi, key, path: $"http://127.0.0.1:{port}{Calls.Path(Api.OpenAi)}");
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<(HttpStatusCode Status, Version Version, string? Thumbprint)> CallAsync(TestNode node, string key, Version version)
    {
        // A handler a call: a pooled connection would go on with the certificate that it began with.
        string? seen = null;
        using var handler = new HttpClientHandler
        {
#pragma warning disable MA0039 // The certificate is this test's own, and which one it is is what the test asserts.
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
#pragma warning restore MA0039
            {
                seen = certificate?.Thumbprint;
                return true;
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(node.GatewayUrl) };
        var request = Calls.Post(Api.OpenAi, key);
        request.Version = version;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, answer.Version, seen);
    }

    private static string WriteCertificate(TempDirectory directory)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=gateway.test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        directory.File("key.pem", key.ExportPkcs8PrivateKeyPem());
        directory.File("cert.pem", certificate.ExportCertificatePem());
        return certificate.Thumbprint;
    }

    private static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
