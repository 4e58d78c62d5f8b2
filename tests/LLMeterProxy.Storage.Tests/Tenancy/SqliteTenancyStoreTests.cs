using System.Security.Cryptography;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Budgets.InProcess;
using LLMeterProxy.Storage.Tenancy;
using LLMeterProxy.Storage.Tests.Ledger;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LLMeterProxy.Storage.Tests.Tenancy;

public sealed class SqliteTenancyStoreTests : IDisposable
{
    private const string Actor = "admin";

    private readonly FakeTimeProvider _time = new(Records.Noon.AddHours(1));
    private readonly LedgerFile _file;
    private readonly SqliteTenancyStore _store;

    public SqliteTenancyStoreTests()
    {
        _file = new LedgerFile(_time);
        _store = Open();
    }

    [Fact]
    public async Task A_tenant_is_in_the_snapshot_and_in_a_later_one_as_it_was_given()
    {
        var tenant = Tenant("acme") with
        {
            Plan = "gold",
            Status = TenantStatus.Disabled,
            OutagePolicy = OutagePolicy.Lease,
            UnpricedPolicy = UnpricedPolicy.Allow,
            Limits = new RateLimits(10, null, 0),
            Tags = new Dictionary<string, string> { ["team"] = "search" },
            TimeZoneChanges = [new TimeZoneChange("UTC", DateTimeOffset.MinValue), new TimeZoneChange("Europe/Berlin", Records.Noon)],
        };

        Assert.True(await _store.AddTenantAsync(tenant, Actor, default));

        using var later = Open();
        foreach (var found in new[] { _store.Current.FindTenant("acme")!, later.Current.FindTenant("acme")! })
        {
            Assert.Equivalent(tenant, found, strict: true);
        }
    }

    [Fact]
    public async Task An_id_is_given_once_even_after_deletion()
    {
        await _store.AddTenantAsync(Tenant("acme"), Actor, default);
        Assert.False(await _store.AddTenantAsync(Tenant("acme"), Actor, default));

        await _store.UpdateTenantAsync(Tenant("acme") with { DeletedAt = Records.Noon }, 1, Actor, default);

        Assert.False(await _store.AddTenantAsync(Tenant("acme"), Actor, default));
        Assert.Equal(Records.Noon, _store.Current.FindTenant("acme")!.DeletedAt);
    }

    // An exception that leaves a timer's callback ends the process.
    [Fact]
    public async Task A_listener_that_fails_does_not_stop_the_polling()
    {
        using var other = Open();
        var heard = new List<long>();
        other.Changed += snapshot =>
        {
            heard.Add(snapshot.Revision);
            throw new InvalidOperationException("a listener's own fault");
        };
        await _store.AddTenantAsync(Tenant("acme"), Actor, default);
        _time.Advance(TimeSpan.FromSeconds(1));

        await _store.AddTenantAsync(Tenant("other"), Actor, default);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(2, heard.Count);
        Assert.NotNull(other.Current.FindTenant("other"));
    }

    // T98
    [Fact]
    public async Task An_update_of_another_version_changes_nothing()
    {
        await _store.AddTenantAsync(Tenant("acme"), Actor, default);
        var second = await _store.UpdateTenantAsync(Tenant("acme") with { Name = "Second" }, 1, Actor, default);

        Assert.Equal(2, second!.Version);
        Assert.Null(await _store.UpdateTenantAsync(Tenant("acme") with { Name = "Third" }, 1, Actor, default));
        Assert.Null(await _store.UpdateTenantAsync(Tenant("unknown"), 1, Actor, default));
        Assert.Equal("Second", _store.Current.FindTenant("acme")!.Name);
    }

    [Fact]
    public async Task A_key_is_found_by_its_hash_until_it_is_revoked_and_stays_listed()
    {
        await _store.AddTenantAsync(Tenant("acme"), Actor, default);
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
        Assert.True(await _store.AddKeyAsync(key, Actor, default));
        Assert.Equivalent(key, _store.Current.FindKey(key.Hash), strict: true);

        var revoked = await _store.UpdateKeyAsync(key with { RevokedAt = Records.Noon }, 1, Actor, default);

        Assert.Null(_store.Current.FindKey(key.Hash));
        Assert.Equivalent(revoked, await _store.FindKeyAsync("key_1", default), strict: true);
        Assert.Equal(["key_1"], (await _store.ListKeysAsync("acme", default)).Select(k => k.Id));
    }

    [Fact]
    public async Task A_key_needs_a_live_tenant_and_a_secret_of_its_own()
    {
        Assert.False(await _store.AddKeyAsync(Key("key_1"), Actor, default));
        await _store.AddTenantAsync(Tenant("acme"), Actor, default);
        Assert.True(await _store.AddKeyAsync(Key("key_1"), Actor, default));
        Assert.False(await _store.AddKeyAsync(Key("key_1") with { Hash = Hash("other") }, Actor, default));
        Assert.False(await _store.AddKeyAsync(Key("key_2") with { Hash = Hash("key_1") }, Actor, default));

        await _store.UpdateTenantAsync(Tenant("acme") with { DeletedAt = Records.Noon }, 1, Actor, default);

        Assert.False(await _store.AddKeyAsync(Key("key_3"), Actor, default));
        Assert.Null(_store.Current.FindKeyById("key_1"));
    }

    // A81
    [Fact]
    public async Task A_rotated_key_is_found_by_both_secrets()
    {
        await _store.AddTenantAsync(Tenant("acme"), Actor, default);
        await _store.AddKeyAsync(Key("key_1"), Actor, default);

        await _store.UpdateKeyAsync(
            Key("key_1") with { Hash = Hash("new"), PreviousHash = Hash("key_1"), PreviousValidUntil = Records.Noon.AddDays(1) }, 1, Actor, default);

        Assert.Equal("key_1", _store.Current.FindKey(Hash("new"))!.Id);
        Assert.Equal("key_1", _store.Current.FindKey(Hash("key_1"))!.Id);
        Assert.Equal(Records.Noon.AddDays(1), _store.Current.FindKeyById("key_1")!.PreviousValidUntil);
    }

    // T100
    [Fact]
    public async Task Every_change_leaves_an_audit_row_without_secrets()
    {
        await _store.AddTenantAsync(Tenant("acme"), Actor, default);
        await _store.AddKeyAsync(Key("key_1"), "cli", default);
        await _store.UpdateKeyAsync(Key("key_1") with { Hash = Hash("new") }, 1, Actor, default);
        await _store.UpdateKeyAsync(Key("key_1") with { Hash = Hash("new"), RevokedAt = Records.Noon }, 2, Actor, default);
        await _store.PutBudgetAsync(Budget("main"), null, Actor, default);
        await _store.PutBudgetAsync(Budget("main") with { Limit = NanoUsd.FromUsd(0.5m) }, 1, Actor, default);
        await _store.DeleteBudgetAsync("acme", "main", Actor, default);
        await _store.UpdateTenantAsync(Tenant("acme") with { DeletedAt = Records.Noon }, 1, Actor, default);

        var entries = await _store.ReadAuditAsync(null, 100, default);

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

        Assert.Equal(entries.Skip(3).Take(2), await _store.ReadAuditAsync(entries[2].Id, 2, default));
        Assert.Throws<SqliteException>(() => _file.ExecuteAsStranger("DELETE FROM audit"));
        Assert.Throws<SqliteException>(() => _file.ExecuteAsStranger("UPDATE audit SET actor = 'x'"));
    }

    [Fact]
    public async Task A_refused_change_leaves_no_audit_row()
    {
        await _store.UpdateTenantAsync(Tenant("unknown"), 1, Actor, default);
        await _store.DeleteBudgetAsync("acme", "none", Actor, default);

        Assert.Empty(await _store.ReadAuditAsync(null, 10, default));
    }

    [Fact]
    public async Task A_change_by_another_process_is_there_after_the_next_poll()
    {
        using var other = Open();
        var heard = new List<long>();
        other.Changed += snapshot => heard.Add(snapshot.Revision);
        await _store.AddTenantAsync(Tenant("acme"), Actor, default);
        Assert.Null(other.Current.FindTenant("acme"));

        _time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.NotNull(other.Current.FindTenant("acme"));
        Assert.Equal([_store.Current.Revision], heard);
    }

    [Fact]
    public async Task The_snapshot_is_replaced_before_a_change_returns_and_listeners_hear_of_it()
    {
        TenancySnapshot? heard = null;
        _store.Changed += snapshot => heard = snapshot;
        var before = _store.Current;

        await _store.AddTenantAsync(Tenant("acme"), Actor, default);

        Assert.Same(_store.Current, heard);
        Assert.True(heard!.Revision > before.Revision);
        Assert.Null(before.FindTenant("acme"));
    }

    public void Dispose()
    {
        _store.Dispose();
        _file.Dispose();
    }

    private static Tenant Tenant(string id) => new() { Id = id, Name = "Acme", TimeZone = "Europe/Berlin", CreatedAt = Records.Noon };

    private static KeyHash Hash(string secret) => new(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret)));

    private static VirtualKey Key(string id) =>
        new() { Id = id, TenantId = "acme", Name = "app", Prefix = "lmp_abcdefgh", Hash = Hash(id), CreatedAt = Records.Noon };

    private static Budget Budget(string name) =>
        new() { Id = "bud_1", TenantId = "acme", Name = name, ScopeId = "acme", Limit = NanoUsd.FromUsd(1), CreatedAt = Records.Noon };

    private SqliteTenancyStore Open() => new(
        _file.Ledger, new InProcessBudgetStore(), _ => Task.CompletedTask, _time, "UTC", NullLogger<SqliteTenancyStore>.Instance);
}
