using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Gateway.Identify;

/// <summary>
/// Stage 1: credential → virtual key → principal, from memory alone and before a byte of the body is read. A key that is
/// malformed, unknown, expired or revoked, or whose tenant is disabled, gets one identical answer (T85); a failure never
/// falls through to an empty identity (A79).
/// </summary>
public sealed class IdentifyStage(ITenancySnapshotSource tenancy, KeyPepper pepper, TimeProvider time)
{
    public Problem? Run(GatewayContext context)
    {
        var problem = CredentialReader.Read(context.Http, context.Provider?.Dialect.Credential, out var key);
        if (problem is not null)
        {
            return problem;
        }

        // The checksum is looked at first, so that random guesses cost neither an HMAC nor a look-up (T84).
        if (!VirtualKeyFormat.IsWellFormed(key))
        {
            return CredentialReader.Refusal;
        }

        var hash = pepper.Hash(key);
        var snapshot = tenancy.Current;
        var found = snapshot.FindKey(hash);
        if (found is null || !IsValid(found, hash) || snapshot.FindTenant(found.TenantId) is not { Status: TenantStatus.Active, DeletedAt: null } tenant)
        {
            return CredentialReader.Refusal;
        }

        context.Principal = new Principal(found, tenant);
        return null;
    }

    private bool IsValid(VirtualKey key, KeyHash hash)
    {
        if (key.RevokedAt is not null)
        {
            return false;
        }

        if (key.ExpiresAt is null && key.Hash == hash)
        {
            return true;
        }

        var now = time.GetUtcNow();
        return (key.ExpiresAt is null || now < key.ExpiresAt) && (key.Hash == hash || now < key.PreviousValidUntil);
    }
}
