namespace LLMeterProxy.Options;

/// <summary>Where the two listeners are. They never answer for each other (T30, T126).</summary>
/// <param name="GatewayH2c">Cleartext HTTP/2 for the gateway; null for none.</param>
/// <param name="CertificateFile">PEM; with <paramref name="KeyFile"/>, where the gateway's address is https.</param>
internal sealed record ListenSettings(Uri Gateway, Uri Control, Uri? GatewayH2c, string? CertificateFile, string? KeyFile);
