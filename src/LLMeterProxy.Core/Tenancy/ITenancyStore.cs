using LLMeterProxy.Core.Budgets;

namespace LLMeterProxy.Core.Tenancy;

/// <summary>
/// Changes of tenants, keys and budgets. A call returns after the change is durable and this node's snapshot has it.
/// Every change writes an audit row. Off the request path: plain async.
/// </summary>
public interface ITenancyStore
{
    /// <returns>False where the id is taken.</returns>
    Task<bool> AddTenantAsync(Tenant tenant, string actor, CancellationToken cancellationToken);

    /// <summary>Replaces the tenant where its stored version is <paramref name="expectedVersion"/> (T98).</summary>
    /// <returns>The stored tenant with its raised version; null where the version did not match or the tenant is unknown.</returns>
    Task<Tenant?> UpdateTenantAsync(Tenant tenant, long expectedVersion, string actor, CancellationToken cancellationToken);

    Task<bool> AddKeyAsync(VirtualKey key, string actor, CancellationToken cancellationToken);

    /// <inheritdoc cref="UpdateTenantAsync"/>
    Task<VirtualKey?> UpdateKeyAsync(VirtualKey key, long expectedVersion, string actor, CancellationToken cancellationToken);

    /// <summary>Creates or replaces by (owner, name). A new budget starts with the ledger's sum of its current window (A63).</summary>
    /// <param name="expectedVersion">Null: whatever is stored; 0: must not exist; else the stored version must be equal.</param>
    Task<Budget?> PutBudgetAsync(Budget budget, long? expectedVersion, string actor, CancellationToken cancellationToken);

    /// <param name="tenantId">Null for a global budget.</param>
    Task<bool> DeleteBudgetAsync(string? tenantId, string name, string actor, CancellationToken cancellationToken);

    /// <summary>Every key of the tenant, revoked ones too, newest first.</summary>
    Task<IReadOnlyList<VirtualKey>> ListKeysAsync(string tenantId, CancellationToken cancellationToken);

    /// <summary>Any key, revoked ones too; null where unknown.</summary>
    Task<VirtualKey?> FindKeyAsync(string keyId, CancellationToken cancellationToken);

    /// <summary>Writes an audit row for an action that changes no tenant, key or budget. Durable when the call returns.</summary>
    /// <param name="details">JSON without secrets; null for none.</param>
    Task RecordActionAsync(string actor, string action, string subject, string? details, CancellationToken cancellationToken);

    /// <summary>The audit trail, newest first, at most <paramref name="limit"/> rows before <paramref name="beforeId"/>.</summary>
    Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(long? beforeId, int limit, CancellationToken cancellationToken);
}
