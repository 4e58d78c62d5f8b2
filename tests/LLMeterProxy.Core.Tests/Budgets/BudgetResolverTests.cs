using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Core.Tests.Budgets;

public sealed class BudgetResolverTests
{
    private static readonly DateTimeOffset _noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly IReadOnlyList<KeyValuePair<string, string>> _noTags = [];

    private readonly BudgetResolver _resolver = new("Asia/Tokyo");

    [Fact]
    [Trait("Acceptance", "A66")]
    public void Every_budget_whose_scope_and_models_fit_applies()
    {
        var snapshot = Snapshot(
            Budget("month", BudgetScope.Tenant, "acme"),
            Budget("mine", BudgetScope.Key, "key_1"),
            Budget("another", BudgetScope.Key, "key_2"),
            Budget("team", BudgetScope.Tag, "team=red"),
            Budget("gpt", BudgetScope.Tenant, "acme", models: ["gpt-*"]),
            Budget("opus", BudgetScope.Tenant, "acme", models: ["claude-opus", "gpt-4o"]),
            Budget("strangers", BudgetScope.Tenant, "zeta", tenant: "zeta"),
            Budget("all", BudgetScope.Global, "", tenant: null));

        Assert.Equal(["month", "mine", "gpt", "opus", "all"], Names(snapshot, model: "gpt-4o"));
        Assert.Equal(["month", "mine", "gpt", "all"], Names(snapshot, model: "gpt-4o-mini"));
        Assert.Equal(["month", "mine", "all"], Names(snapshot, model: "Gpt-4o"));
        Assert.Equal(["month", "mine", "all"], Names(snapshot, model: null));
        Assert.Equal(["month", "mine", "team", "all"], Names(snapshot, model: null, tags: [new("team", "red")]));
        Assert.Equal(["month", "mine", "all"], Names(snapshot, model: null, tags: [new("team", "re"), new("tea", "m=red"), new("team", "blue")]));
        Assert.Equal(["strangers", "all"], Names(snapshot, tenant: "zeta", keyId: "key_z", model: null));
    }

    [Fact]
    public void A_shared_key_brings_its_owners_caps_and_limits_to_the_calls_it_makes_for_others()
    {
        var snapshot = Snapshot(
            Budget("owners-month", BudgetScope.Tenant, "acme"),
            Budget("owners-key", BudgetScope.Key, "key_1"),
            Budget("month", BudgetScope.Tenant, "zeta", tenant: "zeta"));

        var resolved = Resolve(snapshot, tenant: "zeta", keyId: "key_1");

        Assert.Equal([("zeta", "month"), ("acme", "owners-key")], resolved.Budgets.Select(b => (b.Slot, b.Budget.Name)));
        Assert.Equal([("zeta", "tenant"), ("acme", "key_1")], resolved.Limits.Select(l => (l.Slot, l.Scope)));
    }

    [Fact]
    public void Windows_are_drawn_in_the_owners_zone_and_global_ones_in_the_gateways()
    {
        var snapshot = Snapshot(Budget("month", BudgetScope.Tenant, "acme"), Budget("all", BudgetScope.Global, "", tenant: null));

        var resolved = Resolve(snapshot);

        Assert.Equal("month:2026-10-31T23:00:00Z", resolved.Budgets[0].Window.Id);
        Assert.Equal("month:2026-10-31T15:00:00Z", resolved.Budgets[1].Window.Id);
        Assert.Equal(AppliedBudget.GlobalSlot, resolved.Budgets[1].Slot);
        Assert.Equal(resolved.Budgets.Select(b => b.Key), resolved.Keys);
    }

    [Fact]
    public void Strict_and_hard_are_those_of_any_budget()
    {
        var soft = Resolve(Snapshot(Budget("soft", BudgetScope.Tenant, "acme") with { Mode = BudgetMode.Soft }));
        var strict = Resolve(Snapshot(
            Budget("soft", BudgetScope.Tenant, "acme") with { Mode = BudgetMode.Soft },
            Budget("strict", BudgetScope.Tenant, "acme") with { Strict = true }));

        Assert.Equal((false, false), (soft.Strict, soft.HasHardCap));
        Assert.Equal((true, true), (strict.Strict, strict.HasHardCap));
    }

    [Fact]
    public void Within_a_window_the_answer_is_the_same_object_and_costs_nothing()
    {
        var snapshot = Snapshot(Budget("month", BudgetScope.Tenant, "acme"), Budget("team", BudgetScope.Tag, "team=red"));
        var first = Resolve(snapshot);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1_000; i++)
        {
            Assert.Same(first, Resolve(snapshot, at: _noon.AddMinutes(i)));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    [Fact]
    public void Answers_with_tags_share_the_applied_budgets()
    {
        var snapshot = Snapshot(Budget("month", BudgetScope.Tenant, "acme"), Budget("team", BudgetScope.Tag, "team=red"));

        var (plain, tagged) = (Resolve(snapshot), Resolve(snapshot, tags: [new("team", "red")]));

        Assert.Same(plain.Budgets[0], tagged.Budgets[0]);
        Assert.Same(tagged.Budgets[1], Resolve(snapshot, tags: [new("team", "red")]).Budgets[1]);
    }

    [Fact]
    public void A_rolled_window_and_a_late_instant_each_get_their_own()
    {
        var snapshot = Snapshot(Budget("day", BudgetScope.Tenant, "acme") with { Window = BudgetWindow.Day });
        var end = Resolve(snapshot).Until;

        Assert.Equal("day:2026-11-23T23:00:00Z", Resolve(snapshot, at: end.AddTicks(-1)).Budgets[0].Window.Id);
        Assert.Equal("day:2026-11-24T23:00:00Z", Resolve(snapshot, at: end).Budgets[0].Window.Id);
        Assert.Equal("day:2026-11-23T23:00:00Z", Resolve(snapshot, at: end.AddTicks(-1)).Budgets[0].Window.Id);
        Assert.Equal("day:2026-11-24T23:00:00Z", Resolve(snapshot, at: end.AddHours(1)).Budgets[0].Window.Id);
    }

    [Fact]
    public void A_new_snapshot_replaces_every_answer()
    {
        var budget = Budget("month", BudgetScope.Tenant, "acme");
        var old = Snapshot(budget);
        Assert.Equal(new NanoUsd(100), Resolve(old).Budgets[0].Budget.Limit);

        var current = Snapshot(2, budget with { Limit = new NanoUsd(50) });
        Assert.Equal(new NanoUsd(50), Resolve(current).Budgets[0].Budget.Limit);

        // A call that still carries the old snapshot is answered from it, and does not bring it back.
        Assert.Equal(new NanoUsd(100), Resolve(old).Budgets[0].Budget.Limit);
        Assert.Same(Resolve(current), Resolve(current));
    }

    [Fact]
    public void Invented_model_names_do_not_grow_the_memory_without_bound()
    {
        var snapshot = Snapshot(Budget("month", BudgetScope.Tenant, "acme"));
        for (var i = 0; i < 50_000; i++)
        {
            Resolve(snapshot, model: "m" + i);
        }

        Assert.InRange(_resolver.AnswerCount, 1, 20_000);
    }

    private ResolvedBudgets Resolve(
        TenancySnapshot snapshot,
        string tenant = "acme",
        string keyId = "key_1",
        string? model = "gpt-4o",
        IReadOnlyList<KeyValuePair<string, string>>? tags = null,
        DateTimeOffset? at = null) =>
        _resolver.Resolve(snapshot, tenant, keyId, model, tags ?? _noTags, at ?? _noon);

    private IEnumerable<string> Names(
        TenancySnapshot snapshot, string tenant = "acme", string keyId = "key_1", string? model = "gpt-4o", IReadOnlyList<KeyValuePair<string, string>>? tags = null) =>
        Resolve(snapshot, tenant, keyId, model, tags).Budgets.Select(b => b.Budget.Name);

    private static TenancySnapshot Snapshot(params Budget[] budgets) => Snapshot(1, budgets);

    private static TenancySnapshot Snapshot(long revision, params Budget[] budgets) => new(
        revision,
        [
            new Tenant { Id = "acme", Name = "acme", TimeZone = "Europe/Berlin", Limits = new RateLimits(RequestsPerMinute: 60) },
            new Tenant { Id = "zeta", Name = "zeta", TimeZone = "UTC", Limits = new RateLimits(Concurrent: 5) },
        ],
        [Key("key_1", "acme", 1), Key("key_2", "acme", 2), Key("key_z", "zeta", 3)],
        budgets);

    private static VirtualKey Key(string id, string tenant, byte secret) => new()
    {
        Id = id,
        TenantId = tenant,
        Name = id,
        Prefix = "lmp_00000000",
        Hash = new KeyHash([.. Enumerable.Repeat(secret, KeyHash.Size)]),
        Limits = new RateLimits(TokensPerMinute: 1_000),
    };

    private static Budget Budget(string name, BudgetScope scope, string scopeId, string? tenant = "acme", IReadOnlyList<string>? models = null) => new()
    {
        Id = "bud_" + name,
        TenantId = tenant,
        Name = name,
        Scope = scope,
        ScopeId = scopeId,
        Models = models,
        Limit = new NanoUsd(100),
    };
}
