using System.Data.Common;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Tenancy.Lookup;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Tenancy;

/// <summary>
/// Tenants, keys and budgets in the ledger's database, on either engine. Each change is one transaction with its audit row and a
/// raised revision; changes come one after the other, those of other nodes included. This node has a change when the call
/// returns, every other within 500 ms, with a signal at once. While the database cannot be read the last snapshot stays in use.
/// </summary>
public sealed class TenancyStore : ITenancyStore, IKeyDirectory, ITenancyCatchUp, IDisposable
{
    private readonly ILedgerDatabase _database;
    private readonly TimeProvider _time;
    private readonly ITenancySignal? _signal;
    private readonly EntityIds _ids;
    private readonly BudgetOpenings _openings;
    private readonly SnapshotRefresh _snapshots;

    /// <param name="flush">Returns when all that was journalled before is in the ledger.</param>
    /// <param name="settled">Sends the ledger's own settlements, a new budget's opening sum among them, to the counters.</param>
    /// <param name="globalTimeZone">The IANA zone of global budgets.</param>
    /// <param name="signal">Null: other nodes, if there are any, find changes by looking.</param>
    /// <exception cref="LedgerUnavailableException">The database cannot be reached.</exception>
    public TenancyStore(
        SqlLedger ledger,
        Func<CancellationToken, Task> flush,
        Func<CancellationToken, Task> settled,
        TimeProvider time,
        string globalTimeZone,
        ITenancySignal? signal,
        ILogger<TenancyStore> logger)
    {
        (_database, _time, _signal) = (ledger.Database, time, signal);
        _ids = new EntityIds(time);
        _openings = new BudgetOpenings(ledger, flush, settled, time, globalTimeZone);
        _snapshots = new SnapshotRefresh(_database, time, logger);
        if (_signal is not null)
        {
            _signal.Received += OnSignal;
        }
    }

    /// <inheritdoc/>
    public event Action<TenancySnapshot>? Changed
    {
        add => _snapshots.Changed += value;
        remove => _snapshots.Changed -= value;
    }

    /// <inheritdoc/>
    public TenancySnapshot Current => _snapshots.Current;

    /// <summary>How long ago the snapshot was last known to be the newest; below a second unless the database cannot be read.</summary>
    public TimeSpan SnapshotAge => _snapshots.Age;

    /// <inheritdoc/>
    public Task CatchUpAsync(CancellationToken cancellationToken) => _snapshots.CatchUpAsync(cancellationToken);

    /// <inheritdoc/>
    public Task RefreshAsync(long atLeast, CancellationToken cancellationToken) => _snapshots.EnsureAsync(atLeast, cancellationToken);

    /// <inheritdoc/>
    public Task<long?> FindRevisionAsync(KeyHash hash, CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => TenancyRows.FindRevision(connection, hash), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> AddTenantAsync(Tenant tenant, string actor, CancellationToken cancellationToken) => ChangeAsync(
        connection =>
        {
            if (TenancyRows.FindTenant(connection, tenant.Id) is not null)
            {
                return false;
            }

            TenancyRows.PutTenant(connection, tenant with { Version = 1 });
            Commit(connection, actor, "tenant.create", "tenant/" + tenant.Id, null, TenancyJson.Write(tenant with { Version = 1 }));
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<Tenant?> UpdateTenantAsync(Tenant tenant, long expectedVersion, string actor, CancellationToken cancellationToken) => ChangeAsync(
        connection =>
        {
            if (TenancyRows.FindTenant(connection, tenant.Id) is not { } stored || stored.Version != expectedVersion)
            {
                return null;
            }

            var next = tenant with { CreatedAt = stored.CreatedAt, Version = stored.Version + 1 };
            TenancyRows.PutTenant(connection, next);
            var action = next.DeletedAt is not null && stored.DeletedAt is null ? "tenant.delete" : "tenant.update";
            Commit(connection, actor, action, "tenant/" + tenant.Id, TenancyJson.Write(stored), TenancyJson.Write(next));
            return next;
        },
        cancellationToken);

    /// <inheritdoc/>
    /// <returns>False where the tenant is unknown or deleted, or the id or the secret is taken.</returns>
    public Task<bool> AddKeyAsync(VirtualKey key, string actor, CancellationToken cancellationToken) => ChangeAsync(
        connection =>
        {
            if (TenancyRows.FindTenant(connection, key.TenantId) is not { DeletedAt: null }
                || TenancyRows.FindKey(connection, key.Id) is not null
                || TenancyRows.IsHashTaken(connection, key.Hash, key.Id))
            {
                return false;
            }

            var first = key with { Version = 1 };
            TenancyRows.PutKey(connection, first);
            Commit(connection, actor, "key.issue", "key/" + key.Id, null, TenancyJson.Write(KeyDocument.Of(first)));
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<VirtualKey?> UpdateKeyAsync(VirtualKey key, long expectedVersion, string actor, CancellationToken cancellationToken) => ChangeAsync(
        connection =>
        {
            if (TenancyRows.FindKey(connection, key.Id) is not { } stored
                || stored.Version != expectedVersion
                || TenancyRows.IsHashTaken(connection, key.Hash, key.Id))
            {
                return null;
            }

            // A key never changes hands: its records would be read under another tenant.
            var next = key with { TenantId = stored.TenantId, CreatedAt = stored.CreatedAt, Version = stored.Version + 1 };
            TenancyRows.PutKey(connection, next);
            var action = (stored, next) switch
            {
                ({ RevokedAt: null }, { RevokedAt: not null }) => "key.revoke",
                _ when stored.Hash != next.Hash => "key.rotate",
                _ => "key.update",
            };
            Commit(connection, actor, action, "key/" + key.Id, TenancyJson.Write(KeyDocument.Of(stored)), TenancyJson.Write(KeyDocument.Of(next)));
            return next;
        },
        cancellationToken);

    /// <inheritdoc/>
    /// <remarks>
    /// The budget holds from the moment of its commit; what was spent before is added right after, so a call that comes in between may
    /// still see the budget emptier than it is. Calls under way at that moment count where they were reserved, not here.
    /// </remarks>
    /// <returns>Null where the version did not match, or the owner is unknown or deleted.</returns>
    public async Task<Budget?> PutBudgetAsync(Budget budget, long? expectedVersion, string actor, CancellationToken cancellationToken)
    {
        var (written, isNew) = await ChangeAsync(connection => Put(connection, budget, expectedVersion, actor), cancellationToken);
        if (written is not null && isNew)
        {
            // The budget is committed: a caller who goes away now must not leave it without what was spent before.
            await _openings.OpenAsync(written, CancellationToken.None);
        }

        return written;
    }

    /// <inheritdoc/>
    public Task<bool> DeleteBudgetAsync(string? tenantId, string name, string actor, CancellationToken cancellationToken) => ChangeAsync(
        connection =>
        {
            if (TenancyRows.FindBudget(connection, tenantId, name) is not { } stored)
            {
                return false;
            }

            TenancyRows.DeleteBudget(connection, tenantId, name);
            Commit(connection, actor, "budget.delete", SubjectOf(stored), TenancyJson.Write(stored), null);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<VirtualKey>> ListKeysAsync(string tenantId, CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => TenancyRows.KeysOf(connection, tenantId), cancellationToken);

    /// <inheritdoc/>
    public Task<VirtualKey?> FindKeyAsync(string keyId, CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => TenancyRows.FindKey(connection, keyId), cancellationToken);

    /// <inheritdoc/>
    public Task RecordActionAsync(string actor, string action, string subject, string? details, CancellationToken cancellationToken) =>
        _database.WriteAsync(
            connection =>
            {
                TenancyRows.Lock(connection);
                AuditTrail.Append(connection, _time.GetUtcNow(), actor, action, subject, null, details);
                return true;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(long? beforeId, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return _database.ReadAsync(connection => AuditTrail.Read(connection, beforeId, limit), cancellationToken);
    }

    /// <summary>
    /// Adds the opening sums of budgets whose process ended before it could. At start: after the journal's tail is shipped and
    /// before the counters are loaded from the ledger.
    /// </summary>
    public async Task OpenPendingBudgetsAsync(CancellationToken cancellationToken)
    {
        foreach (var budget in await _database.ReadAsync(TenancyRows.UnopenedBudgets, cancellationToken))
        {
            await _openings.OpenAsync(budget, cancellationToken);
        }
    }

    public void Dispose()
    {
        if (_signal is not null)
        {
            _signal.Received -= OnSignal;
        }

        _snapshots.Dispose();
    }

    private (Budget? Written, bool IsNew) Put(DbConnection connection, Budget budget, long? expectedVersion, string actor)
    {
        var stored = TenancyRows.FindBudget(connection, budget.TenantId, budget.Name);
        if ((expectedVersion is { } expected && expected != (stored?.Version ?? 0))
            || (budget.TenantId is { } owner && TenancyRows.FindTenant(connection, owner) is not { DeletedAt: null }))
        {
            return (null, false);
        }

        var isNew = stored is null || !CountsTheSame(stored, budget);
        var next = budget with
        {
            Id = IdFor(budget, stored, isNew),
            CreatedAt = stored?.CreatedAt ?? budget.CreatedAt,
            Version = (stored?.Version ?? 0) + 1,
        };
        TenancyRows.PutBudget(connection, next, isNew ? _openings.WindowOf(connection, next).Id : null);
        Commit(
            connection,
            actor,
            stored is null ? "budget.create" : "budget.update",
            SubjectOf(next),
            stored is null ? null : TenancyJson.Write(stored),
            TenancyJson.Write(next));
        return (next, isNew);
    }

    private string IdFor(Budget budget, Budget? stored, bool isNew)
    {
        if (!isNew)
        {
            return stored!.Id;
        }

        // A counter is never inherited (A63): a caller who passes the stored id on gets another.
        return budget.Id.Length == 0 || string.Equals(budget.Id, stored?.Id) ? _ids.NextBudget() : budget.Id;
    }

    private static bool CountsTheSame(Budget stored, Budget next) =>
        stored.Scope == next.Scope
        && string.Equals(stored.ScopeId, next.ScopeId)
        && stored.Window == next.Window
        && stored.Anchor == next.Anchor
        && (stored.Models is null) == (next.Models is null)
        && (stored.Models ?? []).SequenceEqual(next.Models ?? [], StringComparer.Ordinal);

    private static string SubjectOf(Budget budget) => budget.TenantId is { } owner ? $"budget/{owner}/{budget.Name}" : "budget/" + budget.Name;

    private void Commit(DbConnection connection, string actor, string action, string subject, string? before, string? after)
    {
        AuditTrail.Append(connection, _time.GetUtcNow(), actor, action, subject, before, after);
        TenancyRows.RaiseRevision(connection);
    }

    private async Task<T> ChangeAsync<T>(Func<DbConnection, T> change, CancellationToken cancellationToken)
    {
        var (result, revision) = await _database.WriteAsync(
            connection =>
            {
                TenancyRows.Lock(connection);
                return (change(connection), TenancyRows.ReadRevision(connection));
            },
            cancellationToken);
        _signal?.Send(revision);
        try
        {
            // Also where nothing was changed: whoever was refused for an old version must see the new one.
            await _snapshots.EnsureAsync(revision, CancellationToken.None);
        }
        catch (LedgerUnavailableException)
        {
            // The change is committed, and the next look that succeeds has it.
        }

        return result;
    }

    private void OnSignal(long revision)
    {
        if (revision > Current.Revision)
        {
            _ = _snapshots.Look();
        }
    }
}
