using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Tenancy;
using LLMeterProxy.Storage.Tests.Ledger;
using LLMeterProxy.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LLMeterProxy.Storage.Tests.Tenancy;

/// <summary>What tenants, keys and budgets are on every engine, for one node and for several.</summary>
public abstract class TenancyStoreContract : IDisposable
{
    private const string Actor = "admin";

    private readonly FakeTimeProvider _time = new(Records.Noon.AddHours(1));
    private readonly Lazy<TestLedger> _ledger;
    private readonly List<SqlLedger> _others = [];
    private readonly List<TenancyStore> _stores = [];

    protected TenancyStoreContract() => _ledger = new Lazy<TestLedger>(() => NewLedger(_time));

    private TenancyStore Store => _stores.Count > 0 ? _stores[0] : Node();

    private protected abstract TestLedger NewLedger(TimeProvider time);

    /// <summary>The database as another node has it; the same object where the engine takes one process alone.</summary>
    private protected virtual SqlLedger OfAnotherNode(TestLedger ledger) => ledger.Ledger;

    private SqlLedger AnotherNode()
    {
        _others.Add(OfAnotherNode(_ledger.Value));
        return _others[^1];
    }

    [Fact]
    public async Task A_tenant_is_in_the_snapshot_and_in_a_later_one_as_it_was_given()
    {
        var tenant = Tenant("acme") with
        {
            Plan = "gold",
            Status = TenantStatus.Disabled,
            OutagePolicy = OutagePolicy.Open,
            UnpricedPolicy = UnpricedPolicy.Allow,
            Limits = new RateLimits(10, null, 0),
            Tags = new Dictionary<string, string> { ["team"] = "search" },
            TimeZoneChanges = [new TimeZoneChange("UTC", DateTimeOffset.MinValue), new TimeZoneChange("Europe/Berlin", Records.Noon)],
        };

        Assert.True(await Store.AddTenantAsync(tenant, Actor, default));

        foreach (var found in new[] { Store.Current.FindTenant("acme")!, Node().Current.FindTenant("acme")! })
        {
            Assert.Equivalent(tenant, found, strict: true);
        }
    }

    [Fact]
    public async Task An_id_is_given_once_even_after_deletion()
    {
        await Store.AddTenantAsync(Tenant("acme"), Actor, default);
        Assert.False(await Store.AddTenantAsync(Tenant("acme"), Actor, default));

        await Store.UpdateTenantAsync(Tenant("acme") with { DeletedAt = Records.Noon }, 1, Actor, default);

        Assert.False(await Store.AddTenantAsync(Tenant("acme"), Actor, default));
        Assert.Equal(Records.Noon, Store.Current.FindTenant("acme")!.DeletedAt);
    }

    // An exception that leaves a timer's callback ends the process.
    [Fact]
    public async Task A_listener_that_fails_does_not_stop_the_polling()
    {
        var other = NodeBeside(Store);
        var heard = new List<long>();
        other.Changed += snapshot =>
        {
            heard.Add(snapshot.Revision);
            throw new InvalidOperationException("a listener's own fault");
        };
        await Store.AddTenantAsync(Tenant("acme"), Actor, default);
        await SeenAfterPollAsync(other, s => s.FindTenant("acme") is not null);
        await Store.AddTenantAsync(Tenant("other"), Actor, default);
        await SeenAfterPollAsync(other, s => s.FindTenant("other") is not null);

        Assert.Equal([Store.Current.Revision - 1, Store.Current.Revision], heard);
    }

    // T98
    [Fact]
    public async Task An_update_of_another_version_changes_nothing()
    {
        await Store.AddTenantAsync(Tenant("acme"), Actor, default);
        var second = await Store.UpdateTenantAsync(Tenant("acme") with { Name = "Second" }, 1, Actor, default);

        Assert.Equal(2, second!.Version);
        Assert.Null(await Store.UpdateTenantAsync(Tenant("acme") with { Name = "Third" }, 1, Actor, default));
        Assert.Null(await Store.UpdateTenantAsync(Tenant("unknown"), 1, Actor, default));
        Assert.Equal("Second", Store.Current.FindTenant("acme")!.Name);
    }

    [Fact]
    public async Task A_key_is_found_by_its_hash_until_it_is_revoked_and_stays_listed()
    {
        await Store.AddTenantAsync(Tenant("acme"), Actor, default);
        var key = Key("key_1") with
        {
            Models = ["gpt-*"],
            Providers = ["openai"],
            Operations = ["chat"],
            Limits = new RateLimits(5),
            Permissions = [KeyPermissions.OnBehalf],
            Attribution = new KeyAttribution("header", "create"),
            ExpiresAt = Records.Noon.AddDays(1),
        };
        Assert.True(await Store.AddKeyAsync(key, Actor, default));
        Assert.Equivalent(key, Store.Current.FindKey(key.Hash), strict: true);

        var revoked = await Store.UpdateKeyAsync(key with { RevokedAt = Records.Noon }, 1, Actor, default);

        Assert.Null(Store.Current.FindKey(key.Hash));
        Assert.Equivalent(revoked, await Store.FindKeyAsync("key_1", default), strict: true);
        Assert.Equal(["key_1"], (await Store.ListKeysAsync("acme", default)).Select(k => k.Id));
    }

    [Fact]
    public async Task A_key_needs_a_live_tenant_and_a_secret_of_its_own()
    {
        Assert.False(await Store.AddKeyAsync(Key("key_1"), Actor, default));
        await Store.AddTenantAsync(Tenant("acme"), Actor, default);
        Assert.True(await Store.AddKeyAsync(Key("key_1"), Actor, default));
        Assert.False(await Store.AddKeyAsync(Key("key_1") with { Hash = Hash("other") }, Actor, default));
        Assert.False(await Store.AddKeyAsync(Key("key_2") with { Hash = Hash("key_1") }, Actor, default));

        await Store.UpdateTenantAsync(Tenant("acme") with { DeletedAt = Records.Noon }, 1, Actor, default);

        Assert.False(await Store.AddKeyAsync(Key("key_3"), Actor, default));
        Assert.Null(Store.Current.FindKeyById("key_1"));
    }

    // A81
    [Fact]
    public async Task A_rotated_key_is_found_by_both_secrets()
    {
        await Store.AddTenantAsync(Tenant("acme"), Actor, default);
        await Store.AddKeyAsync(Key("key_1"), Actor, default);

        await Store.UpdateKeyAsync(
            Key("key_1") with { Hash = Hash("new"), PreviousHash = Hash("key_1"), PreviousValidUntil = Records.Noon.AddDays(1) }, 1, Actor, default);

        Assert.Equal("key_1", Store.Current.FindKey(Hash("new"))!.Id);
        Assert.Equal("key_1", Store.Current.FindKey(Hash("key_1"))!.Id);
        Assert.Equal(Records.Noon.AddDays(1), Store.Current.FindKeyById("key_1")!.PreviousValidUntil);
    }

    // T100
    [Fact]
    public async Task Every_change_leaves_an_audit_row_without_secrets()
    {
        await Store.AddTenantAsync(Tenant("acme"), Actor, default);
        await Store.AddKeyAsync(Key("key_1"), "cli", default);
        await Store.UpdateKeyAsync(Key("key_1") with { Hash = Hash("new") }, 1, Actor, default);
        await Store.UpdateKeyAsync(Key("key_1") with { Hash = Hash("new"), RevokedAt = Records.Noon }, 2, Actor, default);
        await Store.PutBudgetAsync(Budget("main"), null, Actor, default);
        await Store.PutBudgetAsync(Budget("main") with { Limit = NanoUsd.FromUsd(0.5m) }, 1, Actor, default);
        await Store.DeleteBudgetAsync("acme", "main", Actor, default);
        await Store.UpdateTenantAsync(Tenant("acme") with { DeletedAt = Records.Noon }, 1, Actor, default);

        var entries = await Store.ReadAuditAsync(null, 100, default);

        Assert.Equal(
            ["tenant.delete", "budget.delete", "budget.update", "budget.create", "key.revoke", "key.rotate", "key.issue", "tenant.create"],
            entries.Select(entry => entry.Action));
        Assert.Equal(("cli", "key/key_1", null), (entries[6].Actor, entries[6].Subject, entries[6].Before));
        Assert.Equal(_time.GetUtcNow(), entries[0].At);
        Assert.Null(entries[1].After);
        Assert.Contains("\"limit\":\"0.5\"", entries[2].After, StringComparison.Ordinal);
        foreach (var secret in new[] { Hash("key_1"), Hash("new") })
        {
            var bytes = secret.ToArray();
            Assert.DoesNotContain(
                entries,
                entry => (entry.Before + entry.After).Contains(Convert.ToBase64String(bytes), StringComparison.Ordinal)
                    || (entry.Before + entry.After).Contains(Convert.ToHexString(bytes), StringComparison.OrdinalIgnoreCase));
        }

        Assert.Equal(entries.Skip(3).Take(2), await Store.ReadAuditAsync(entries[2].Id, 2, default));
        Assert.ThrowsAny<DbException>(() => _ledger.Value.ExecuteAsStranger("DELETE FROM audit"));
        Assert.ThrowsAny<DbException>(() => _ledger.Value.ExecuteAsStranger("UPDATE audit SET actor = 'x'"));
    }

    [Fact]
    public async Task A_refused_change_leaves_no_audit_row()
    {
        await Store.UpdateTenantAsync(Tenant("unknown"), 1, Actor, default);
        await Store.DeleteBudgetAsync("acme", "none", Actor, default);

        Assert.Empty(await Store.ReadAuditAsync(null, 10, default));
    }

    [Fact]
    public async Task A_change_by_another_process_is_there_after_the_next_poll()
    {
        var other = NodeBeside(Store);
        var heard = new List<long>();
        other.Changed += snapshot => heard.Add(snapshot.Revision);
        await Store.AddTenantAsync(Tenant("acme"), Actor, default);
        Assert.Null(other.Current.FindTenant("acme"));

        await SeenAfterPollAsync(other, s => s.FindTenant("acme") is not null);
        Assert.Equal([Store.Current.Revision], heard);
    }

    [Fact]
    public async Task The_snapshot_is_replaced_before_a_change_returns_and_listeners_hear_of_it()
    {
        TenancySnapshot? heard = null;
        Store.Changed += snapshot => heard = snapshot;
        var before = Store.Current;

        await Store.AddTenantAsync(Tenant("acme"), Actor, default);

        Assert.Same(Store.Current, heard);
        Assert.True(heard!.Revision > before.Revision);
        Assert.Null(before.FindTenant("acme"));
    }

    // T98: whoever changes the same version at once, one of them wins and the others see it.
    [Fact]
    public async Task Of_many_changes_of_one_version_on_many_nodes_one_is_made()
    {
        await Store.AddTenantAsync(Tenant("acme"), Actor, default);
        var nodes = new[] { Store, Node(), Node() };
        for (var version = 1; version <= 5; version++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 9).Select(i =>
                nodes[i % 3].UpdateTenantAsync(Tenant("acme") with { Name = $"By {i}" }, version, Actor, default)));

            var made = Assert.Single(results, r => r is not null)!;
            Assert.Equal(version + 1, made.Version);
            Assert.All(nodes, n => Assert.Equal(made.Name, n.Current.FindTenant("acme")!.Name));
        }
    }

    [Fact]
    public async Task Of_many_creations_of_one_thing_on_many_nodes_one_is_made()
    {
        var nodes = new[] { Store, Node(), Node() };
        var tenants = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => nodes[i % 3].AddTenantAsync(Tenant("acme"), Actor, default)));
        var keys = await Task.WhenAll(Enumerable.Range(0, 9).Select(i =>
            nodes[i % 3].AddKeyAsync(Key("key_1") with { Id = $"key_{i}" }, Actor, default)));
        var budgets = await Task.WhenAll(Enumerable.Range(0, 9).Select(i =>
            nodes[i % 3].PutBudgetAsync(Budget("main") with { Id = $"bud_{i}" }, 0, Actor, default)));

        Assert.Single(tenants, made => made);
        Assert.Single(keys, made => made);
        Assert.Single(budgets, made => made is not null);
    }

    // T100: the trail of many writers is one chain, without gaps, in which each row has the hash of all before it.
    [Fact]
    public async Task The_audit_trail_of_many_nodes_is_one_chain()
    {
        var nodes = new[] { Store, Node(), Node() };
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => i % 2 == 0
            ? nodes[i % 3].AddTenantAsync(Tenant($"t{i}"), $"admin{i}", default)
            : nodes[i % 3].RecordActionAsync($"admin{i}", "prices.reprice", "run/1", "{}", default)));

        var rows = _ledger.Value.Ledger.Database.Read(AuditRows);

        Assert.Equal(Enumerable.Range(1, 60).Select(i => (long)i), rows.Select(r => r.Id));
        var previous = "";
        foreach (var row in rows)
        {
            previous = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes<object?[]>([previous, .. row.Fields])));
            Assert.Equal(previous, row.Hash);
        }
    }

    // Revisions are committed in their order: a node that has seen one has seen all before it.
    [Fact]
    public async Task A_node_never_misses_a_change_among_many_at_once()
    {
        var nodes = new[] { Store, Node(), Node() };
        await Task.WhenAll(Enumerable.Range(0, 45).Select(async i =>
        {
            await nodes[i % 3].AddTenantAsync(Tenant($"t{i}"), Actor, default);
            Assert.NotNull(nodes[i % 3].Current.FindTenant($"t{i}"));
        }));

        foreach (var node in nodes)
        {
            await node.CatchUpAsync(default);
            Assert.Equal(45, node.Current.Tenants.Count);
            Assert.Equal(46, node.Current.Revision);
        }
    }

    [Fact]
    public async Task Who_is_refused_for_an_old_version_has_seen_the_new_one()
    {
        var other = NodeBeside(Store);
        await Store.AddTenantAsync(Tenant("acme"), Actor, default);
        await Store.UpdateTenantAsync(Tenant("acme") with { Name = "Second" }, 1, Actor, default);

        Assert.Null(await other.UpdateTenantAsync(Tenant("acme") with { Name = "Third" }, 1, Actor, default));

        Assert.Equal(("Second", 2), (other.Current.FindTenant("acme")!.Name, other.Current.FindTenant("acme")!.Version));
    }

    [Fact]
    public async Task A_node_that_catches_up_has_what_others_committed_before()
    {
        var other = NodeBeside(Store);
        await Store.AddTenantAsync(Tenant("acme"), Actor, default);

        await other.CatchUpAsync(default);

        Assert.NotNull(other.Current.FindTenant("acme"));
    }

    [Fact]
    public async Task A_signal_hastens_the_next_look()
    {
        var signal = new LocalSignal();
        var first = Node(signal);
        var told = Node(signal);
        var notTold = Node();

        await first.AddTenantAsync(Tenant("acme"), Actor, default);

        await Patience.UntilAsync(() => told.Current.FindTenant("acme") is not null, "the signal is heard");
        Assert.Null(notTold.Current.FindTenant("acme"));
        await SeenAfterPollAsync(notTold, s => s.FindTenant("acme") is not null);
    }

    // What another node issued is found in the store by either secret, at a revision of which the snapshot has it.
    [Fact]
    public async Task A_key_of_another_node_is_found_by_its_hash_before_the_next_look()
    {
        var other = NodeBeside(Store);
        await Store.AddTenantAsync(Tenant("acme"), Actor, default);
        await Store.AddKeyAsync(Key("key_1"), Actor, default);
        await Store.UpdateKeyAsync(Key("key_1") with { Hash = Hash("new"), PreviousHash = Hash("key_1") }, 1, Actor, default);
        foreach (var hash in new[] { Hash("new"), Hash("key_1") })
        {
            Assert.Null(other.Current.FindKey(hash));
            var revision = await other.FindRevisionAsync(hash, default);
            Assert.Equal(Store.Current.Revision, revision);
        }

        await other.RefreshAsync(Store.Current.Revision, default);

        Assert.NotNull(other.Current.FindKey(Hash("key_1")));
        Assert.Null(await other.FindRevisionAsync(Hash("unknown"), default));
        await Store.UpdateKeyAsync(Key("key_1") with { Hash = Hash("new"), RevokedAt = Records.Noon }, 2, Actor, default);
        Assert.Null(await other.FindRevisionAsync(Hash("new"), default));
    }

    [Fact]
    public async Task The_age_of_the_snapshot_starts_anew_with_every_look()
    {
        Assert.Equal(TimeSpan.Zero, Store.SnapshotAge);
        _time.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal(TimeSpan.FromMilliseconds(400), Store.SnapshotAge);
        await Store.CatchUpAsync(default);
        Assert.Equal(TimeSpan.Zero, Store.SnapshotAge);
    }

    // A document that an earlier version stored: the policy came before what it promises.
    [Fact]
    public async Task A_stored_lease_policy_is_read_as_closed()
    {
        await Store.AddTenantAsync(Tenant("acme") with { OutagePolicy = OutagePolicy.Open }, Actor, default);
        _ledger.Value.ExecuteAsStranger("UPDATE tenants SET document = replace(document, '\"outagePolicy\":\"open\"', '\"outagePolicy\":\"lease\"')");

        Assert.Equal(OutagePolicy.Closed, Node().Current.FindTenant("acme")!.OutagePolicy);
    }

    public void Dispose()
    {
        foreach (var store in _stores)
        {
            store.Dispose();
        }

        if (_ledger.IsValueCreated)
        {
            _others.Where(o => o != _ledger.Value.Ledger).ToList().ForEach(o => o.Dispose());
            _ledger.Value.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    private static Tenant Tenant(string id) => new() { Id = id, Name = "Acme", TimeZone = "Europe/Berlin", CreatedAt = Records.Noon };

    private static KeyHash Hash(string secret) => new(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret)));

    private static VirtualKey Key(string id) =>
        new() { Id = id, TenantId = "acme", Name = "app", Prefix = "lmp_abcdefgh", Hash = Hash(id), CreatedAt = Records.Noon };

    private static Budget Budget(string name) =>
        new() { Id = "bud_1", TenantId = "acme", Name = name, ScopeId = "acme", Limit = NanoUsd.FromUsd(1), CreatedAt = Records.Noon };

    /// <summary>A node of its own on the one database; the first is <see cref="Store"/>.</summary>
    private TenancyStore Node(ITenancySignal? signal = null)
    {
        var ledger = _stores.Count == 0 ? _ledger.Value.Ledger : AnotherNode();
        var store = new TenancyStore(
            ledger, _ => Task.CompletedTask, static _ => Task.CompletedTask, _time, "UTC", signal, NullLogger<TenancyStore>.Instance);
        _stores.Add(store);
        return store;
    }

    private static List<(long Id, object?[] Fields, string Hash)> AuditRows(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, at, actor, action, subject, before, after, hash FROM audit ORDER BY id";
        using var reader = command.ExecuteReader();
        var rows = new List<(long Id, object?[] Fields, string Hash)>();
        while (reader.Read())
        {
            rows.Add((reader.GetInt64(0), [.. Enumerable.Range(1, 6).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))], reader.GetString(7)));
        }

        return rows;
    }

    private async Task SeenAfterPollAsync(TenancyStore node, Func<TenancySnapshot, bool> condition)
    {
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await Patience.UntilAsync(() => condition(node.Current), "the node's look at the revision has seen the change");
    }

    private TenancyStore NodeBeside(TenancyStore first)
    {
        Assert.Same(first, _stores[0]);
        return Node();
    }
}
