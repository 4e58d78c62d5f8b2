using System.Security.Cryptography.X509Certificates;

namespace LLMeterProxy.Features;

/// <summary>A PEM certificate that is read again when its file changes; a bad new file leaves the old one in place.</summary>
internal sealed class ReloadedCertificate(string certificateFile, string? keyFile, TimeProvider time)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private X509Certificate2 _certificate = Load(certificateFile, keyFile);
    private DateTime _written = File.GetLastWriteTimeUtc(certificateFile);
    private DateTimeOffset _checked = time.GetUtcNow();

    public X509Certificate2 Current
    {
        get
        {
            var now = time.GetUtcNow();
            if (now - _checked < _interval)
            {
                return _certificate;
            }

            lock (_lock)
            {
                _checked = now;
                var written = File.GetLastWriteTimeUtc(certificateFile);
                if (written != _written)
                {
                    try
                    {
                        _certificate = Load(certificateFile, keyFile);
                        _written = written;
                    }
                    catch (Exception e) when (e is IOException or System.Security.Cryptography.CryptographicException)
                    {
                        // Half-written files are seen while they are replaced: the next look reads the whole.
                        _written = default;
                    }
                }

                return _certificate;
            }
        }
    }

    private static X509Certificate2 Load(string certificate, string? key) => X509Certificate2.CreateFromPemFile(certificate, key);
}
