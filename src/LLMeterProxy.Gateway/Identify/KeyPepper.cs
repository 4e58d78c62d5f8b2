using System.Text;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Gateway.Identify;

/// <summary>The secret under which virtual keys are hashed; kept outside the database, never empty.</summary>
public sealed class KeyPepper
{
    /// <exception cref="ArgumentException">Shorter than 32 characters.</exception>
    public KeyPepper(string text)
    {
        if (text.Length < 32)
        {
            throw new ArgumentException("A pepper has at least 32 characters.", nameof(text));
        }

        Bytes = Encoding.UTF8.GetBytes(text);
    }

    internal byte[] Bytes { get; }

    public KeyHash Hash(ReadOnlySpan<char> key) => KeyHash.Of(Bytes, key);

    /// <summary>Never the pepper.</summary>
    public override string ToString() => "KeyPepper";
}
