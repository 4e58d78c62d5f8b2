using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Gateway.Identify;
using LLMeterProxy.Options;
using LLMeterProxy.Storage.Ledger;

namespace LLMeterProxy.Features;

/// <summary>The admin token and the pepper of this run, configured or generated.</summary>
internal sealed class SecretsInUse
{
    private const string FingerprintSetting = "pepper_fingerprint";

    private readonly string _pepper;

    public SecretsInUse(HostSettings settings)
    {
        var files = new SecretFiles(settings.DataDirectory);
        _pepper = settings.Pepper ?? files.Pepper();
        Pepper = new KeyPepper(_pepper);
        var generated = false;
        AdminToken = settings.AdminToken ?? files.AdminToken(out generated);
        IsNewToken = generated;
    }

    public KeyPepper Pepper { get; }

    public string AdminToken { get; }

    /// <summary>This start made the token: it is printed once.</summary>
    public bool IsNewToken { get; }

    public KeyHash Hash(string key) => Pepper.Hash(key);

    /// <summary>Every key was hashed under one pepper: with another one none of them would ever be found.</summary>
    /// <exception cref="InvalidDataException">The ledger was made with another pepper.</exception>
    public void Verify(ILedgerStore ledger)
    {
        var fingerprint = PepperFingerprint.Of(_pepper);
        var stored = ledger.ReadSetting(FingerprintSetting);
        if (stored is null)
        {
            ledger.WriteSetting(FingerprintSetting, fingerprint);
        }
        else if (!string.Equals(stored, fingerprint, StringComparison.Ordinal))
        {
            throw new InvalidDataException(
                "LLMeter:Pepper is not the one that the keys in this ledger were hashed with. Restore it, or use another LLMeter:DataDirectory.");
        }
    }
}
