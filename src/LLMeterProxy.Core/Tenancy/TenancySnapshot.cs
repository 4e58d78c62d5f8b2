using System.Collections.Frozen;
using LLMeterProxy.Core.Budgets;

namespace LLMeterProxy.Core.Tenancy;

/// <summary>
/// Every tenant, live key and budget as one immutable object: what the request path reads. Replaced whole on change.
/// </summary>
public sealed class TenancySnapshot
{
    public static readonly TenancySnapshot Empty = new(0, [], [], []);

    private readonly FrozenDictionary<string, Tenant> _tenants;
    private readonly FrozenDictionary<KeyHash, VirtualKey> _keysByHash;
    private readonly FrozenDictionary<string, VirtualKey> _keysById;
    private readonly FrozenDictionary<string, IReadOnlyList<Budget>> _budgets;

    public TenancySnapshot(long revision, IEnumerable<Tenant> tenants, IEnumerable<VirtualKey> keys, IEnumerable<Budget> budgets)
    {
        Revision = revision;
        _tenants = tenants.ToFrozenDictionary(t => t.Id, StringComparer.Ordinal);
        var all = keys.ToList();
        _keysById = all.ToFrozenDictionary(k => k.Id, StringComparer.Ordinal);
        var byHash = new Dictionary<KeyHash, VirtualKey>();
        foreach (var key in all)
        {
            byHash[key.Hash] = key;
            if (key.PreviousHash is { } previous)
            {
                byHash[previous] = key;
            }
        }

        _keysByHash = byHash.ToFrozenDictionary();
        var list = budgets.ToList();
        _budgets = list.Where(b => b.TenantId is not null)
            .GroupBy(b => b.TenantId!, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => (IReadOnlyList<Budget>)g.ToList(), StringComparer.Ordinal);
        GlobalBudgets = list.Where(b => b.TenantId is null).ToList();
    }

    /// <summary>Raised by every change of a tenant, key or budget.</summary>
    public long Revision { get; }

    public IReadOnlyList<Budget> GlobalBudgets { get; }

    public IReadOnlyCollection<Tenant> Tenants => _tenants.Values;

    public IReadOnlyCollection<VirtualKey> Keys => _keysById.Values;

    public Tenant? FindTenant(string id) => _tenants.GetValueOrDefault(id);

    /// <summary>The key with this hash, current or previous; the caller checks expiry, revocation and the grace of a previous hash.</summary>
    public VirtualKey? FindKey(KeyHash hash) => _keysByHash.GetValueOrDefault(hash);

    public VirtualKey? FindKeyById(string id) => _keysById.GetValueOrDefault(id);

    /// <summary>The budgets that the tenant owns, whatever their scope; never null.</summary>
    public IReadOnlyList<Budget> BudgetsOf(string tenant) => _budgets.GetValueOrDefault(tenant) ?? [];
}
