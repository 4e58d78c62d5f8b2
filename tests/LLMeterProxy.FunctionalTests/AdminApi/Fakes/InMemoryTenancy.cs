using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.FunctionalTests.AdminApi.Fakes;

/// <summary>The tenancy store's contract in memory, with an audit trail.</summary>
internal sealed class InMemoryTenancy(TimeProvider time) : ITenancyStore, ITenancySnapshotSource, ITenancyCatchUp
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VirtualKey> _keys = new(StringComparer.Ordinal);
    private readonly List<Budget> _budgets = [];
    private readonly List<AuditEntry> _audit = [];

    public TenancySnapshot Current { get; private set; } = TenancySnapshot.Empty;

    public event Action<TenancySnapshot>? Changed;

    /// <summary>Runs once before the next write, as if another administrator were faster.</summary>
    public Action? BeforeNextWrite { get; set; }

    /// <summary>Awaited by each request; null: nothing.</summary>
    public Func<Task>? CatchingUp { get; set; }

    public IReadOnlyCollection<VirtualKey> Keys => _keys.Values;

    public Task<bool> AddTenantAsync(Tenant tenant, string actor, CancellationToken cancellationToken) =>
        Write("tenant.create", tenant.Id, actor, () => _tenants.TryAdd(tenant.Id, tenant));

    public Task<Tenant?> UpdateTenantAsync(Tenant tenant, long expectedVersion, string actor, CancellationToken cancellationToken) =>
        Write("tenant.update", tenant.Id, actor, () =>
            _tenants.TryGetValue(tenant.Id, out var stored) && stored.Version == expectedVersion
                ? _tenants[tenant.Id] = tenant with { Version = expectedVersion + 1 }
                : null);

    public Task<bool> AddKeyAsync(VirtualKey key, string actor, CancellationToken cancellationToken) =>
        Write("key.create", key.Id, actor, () => _keys.TryAdd(key.Id, key));

    public Task<VirtualKey?> UpdateKeyAsync(VirtualKey key, long expectedVersion, string actor, CancellationToken cancellationToken) =>
        Write("key.update", key.Id, actor, () =>
            _keys.TryGetValue(key.Id, out var stored) && stored.Version == expectedVersion
                ? _keys[key.Id] = key with { Version = expectedVersion + 1 }
                : null);

    public Task<Budget?> PutBudgetAsync(Budget budget, long? expectedVersion, string actor, CancellationToken cancellationToken) =>
        Write("budget.put", budget.Name, actor, () =>
        {
            var stored = _budgets.Find(b => b.TenantId == budget.TenantId && b.Name == budget.Name);
            if (expectedVersion is { } expected && (stored?.Version ?? 0) != expected)
            {
                return null;
            }

            if (stored is not null)
            {
                _budgets.Remove(stored);
            }

            var written = budget with { Version = (stored?.Version ?? 0) + 1 };
            _budgets.Add(written);
            return written;
        });

    public Task<bool> DeleteBudgetAsync(string? tenantId, string name, string actor, CancellationToken cancellationToken) =>
        Write("budget.delete", name, actor, () => _budgets.RemoveAll(b => b.TenantId == tenantId && b.Name == name) > 0);

    public Task<IReadOnlyList<VirtualKey>> ListKeysAsync(string tenantId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<VirtualKey>>([.. _keys.Values.Where(k => k.TenantId == tenantId).OrderByDescending(k => k.Id, StringComparer.Ordinal)]);

    public Task<VirtualKey?> FindKeyAsync(string keyId, CancellationToken cancellationToken) => Task.FromResult(_keys.GetValueOrDefault(keyId));

    public Task RecordActionAsync(string actor, string action, string subject, string? details, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _audit.Add(new AuditEntry(_audit.Count + 1, time.GetUtcNow(), actor, action, subject, null, details));
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(long? beforeId, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AuditEntry>>([.. _audit.Where(e => beforeId is null || e.Id < beforeId).OrderByDescending(e => e.Id).Take(limit)]);

    public Task CatchUpAsync(CancellationToken cancellationToken) => CatchingUp?.Invoke() ?? Task.CompletedTask;

    private Task<T> Write<T>(string action, string subject, string actor, Func<T> write)
    {
        var first = BeforeNextWrite;
        BeforeNextWrite = null;
        first?.Invoke();
        lock (_gate)
        {
            var result = write();
            if (result is not (null or false))
            {
                _audit.Add(new AuditEntry(_audit.Count + 1, time.GetUtcNow(), actor, action, subject, null, "{\"id\":\"" + subject + "\"}"));
                Current = new TenancySnapshot(Current.Revision + 1, _tenants.Values, _keys.Values.Where(k => k.RevokedAt is null), _budgets);
                Changed?.Invoke(Current);
            }

            return Task.FromResult(result);
        }
    }
}
