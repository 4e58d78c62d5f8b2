using System.Security.Cryptography;
using System.Text;

namespace LLMeterProxy.Core.Tenancy;

/// <summary>What a ledger keeps to notice a wrong pepper: it says nothing about the pepper itself.</summary>
public static class PepperFingerprint
{
    /// <returns>16 hex digits.</returns>
    public static string Of(string pepper) => Convert.ToHexStringLower(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(pepper), "llmeter pepper fingerprint"u8)).Substring(0, 16);
}
