using LLMeterProxy.AdminApi;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Features;

/// <summary>Mints keys under this node's pepper.</summary>
internal sealed class KeyMint(SecretsInUse secrets, EntityIds ids) : IKeyMint
{
    public (string Secret, KeyHash Hash, string Prefix) Mint()
    {
        var secret = VirtualKeyFormat.Mint();
        return (secret, secrets.Hash(secret), VirtualKeyFormat.DisplayPrefix(secret));
    }

    public string NewKeyId() => ids.NextKey();

    public string NewBudgetId() => ids.NextBudget();
}
