using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Gateway.Identify;

/// <summary>
/// Stage 1: credential → virtual key → principal, before a byte of the body is read. A known key is found in memory alone; one that
/// may have been issued elsewhere a moment ago is looked up. A key that is malformed, unknown, expired or revoked, or whose tenant is
/// disabled, gets one identical answer (T85); a failure never falls through to an empty identity (A79).
/// </summary>
public sealed class IdentifyStage(ITenancySnapshotSource tenancy, IKeyLookup lookup, KeyPepper pepper, TimeProvider time)
{
    private static readonly Problem Busy = new(
        ProblemCode.Overloaded, "The key cannot be looked up at the moment. Retry shortly.", RetryAfter: TimeSpan.FromSeconds(1));

    private static readonly Problem Unavailable = new(
        ProblemCode.BudgetUnverifiable, "The key cannot be looked up at the moment. Retry shortly.", RetryAfter: TimeSpan.FromSeconds(1));

    public ValueTask<Problem?> RunAsync(GatewayContext context)
    {
        var problem = CredentialReader.Read(context.Http, context.Provider?.Dialect.Credential, out var key);
        if (problem is not null)
        {
            return new(problem);
        }

        // The checksum is looked at first, so that random guesses cost neither an HMAC nor a look-up (T84).
        if (!VirtualKeyFormat.IsWellFormed(key))
        {
            return new(CredentialReader.Refusal);
        }

        var hash = pepper.Hash(key);
        var snapshot = tenancy.Current;
        return snapshot.FindKey(hash) is { } found ? new(Identify(context, snapshot, found, hash)) : LookUpAsync(context, hash);
    }

    private async ValueTask<Problem?> LookUpAsync(GatewayContext context, KeyHash hash)
    {
        switch (await lookup.FindAsync(hash, context.Http.RequestAborted))
        {
            case KeyLookupResult.InSnapshot:
                var snapshot = tenancy.Current;
                return snapshot.FindKey(hash) is { } found ? Identify(context, snapshot, found, hash) : CredentialReader.Refusal;
            case KeyLookupResult.Busy:
                return Busy;
            case KeyLookupResult.Unavailable:
                return Unavailable;
            default:
                return CredentialReader.Refusal;
        }
    }

    private Problem? Identify(GatewayContext context, TenancySnapshot snapshot, VirtualKey key, KeyHash hash)
    {
        if (!IsValid(key, hash) || snapshot.FindTenant(key.TenantId) is not { Status: TenantStatus.Active, DeletedAt: null } tenant)
        {
            return CredentialReader.Refusal;
        }

        context.Principal = new Principal(key, tenant);
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
