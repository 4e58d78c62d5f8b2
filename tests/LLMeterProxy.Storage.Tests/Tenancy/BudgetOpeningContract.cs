using System.Security.Cryptography;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Budgets.InProcess;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Tenancy;
using LLMeterProxy.Storage.Tests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LLMeterProxy.Storage.Tests.Tenancy;

/// <summary>A63: what a budget that comes to be has already spent.</summary>
public abstract class BudgetOpeningContract : IDisposable
{
    private const string Actor = "admin";

    // Noon of 24 November in UTC; the tenant's day began at 18:15 UTC of the day before.
    private readonly FakeTimeProvider _time = new(Records.Noon);
    private readonly InProcessBudgetStore _budgets = new();
    private readonly Lazy<TestLedger> _ledger;
    private readonly List<SqlLedger> _others = [];
    private readonly Lazy<TenancyStore> _store;
    private Func<Task> _flush = () => Task.CompletedTask;

    protected BudgetOpeningContract()
    {
        _ledger = new Lazy<TestLedger>(() => NewLedger(_time));
        _store = new Lazy<TenancyStore>(OpenWithCalls);
    }

    private TenancyStore Store => _store.Value;

    private SqlLedger Ledger => _ledger.Value.Ledger;

    private protected abstract TestLedger NewLedger(TimeProvider time);

    /// <summary>The database as another node has it; the same object where the engine takes one process alone.</summary>
    private protected virtual SqlLedger OfAnotherNode(TestLedger ledger) => ledger.Ledger;

    private SqlLedger AnotherNode()
    {
        _others.Add(OfAnotherNode(_ledger.Value));
        return _others[^1];
    }

    [Theory]
    [InlineData("acme", BudgetScope.Tenant, "acme", null, BudgetWindow.Day, 1 + 2 + 4 + 8 + 64)]
    [InlineData("acme", BudgetScope.Tenant, "acme", null, BudgetWindow.Month, 1 + 2 + 4 + 8 + 64 + 128 + 256)]
    [InlineData("acme", BudgetScope.Tenant, "acme", null, BudgetWindow.Total, 0)]
    [InlineData("acme", BudgetScope.Tenant, "acme", "gpt-5*", BudgetWindow.Day, 2 + 8)]
    [InlineData("acme", BudgetScope.Tenant, "acme", "gpt-5", BudgetWindow.Day, 8)]
    [InlineData("acme", BudgetScope.Key, "key_2", null, BudgetWindow.Day, 2)]
    [InlineData("acme", BudgetScope.Key, "key_1", null, BudgetWindow.Day, 1 + 4 + 8 + 16 + 64)]
    [InlineData("other", BudgetScope.Key, "key_1", null, BudgetWindow.Day, 16)]
    [InlineData("acme", BudgetScope.Tag, "env=prod", null, BudgetWindow.Day, 4 + 8)]
    [InlineData("acme", BudgetScope.Tag, "env=prod", "gpt-5", BudgetWindow.Day, 8)]
    [InlineData("acme", BudgetScope.Tag, "env=test", null, BudgetWindow.Day, 0)]
    [InlineData(null, BudgetScope.Global, "", null, BudgetWindow.Day, 1 + 2 + 4 + 8 + 16 + 32)]
    [InlineData(null, BudgetScope.Tenant, "other", null, BudgetWindow.Day, 16 + 32)]
    [InlineData(null, BudgetScope.Tag, "env=prod", null, BudgetWindow.Day, 4 + 8 + 32)]
    public async Task A_new_budget_starts_with_what_its_scope_spent_in_its_window(
        string? owner, BudgetScope scope, string scopeId, string? model, BudgetWindow window, long expected)
    {
        var budget = Budget() with { TenantId = owner, Scope = scope, ScopeId = scopeId, Models = model is null ? null : [model], Window = window };

        var written = await Store.PutBudgetAsync(budget, 0, Actor, default);

        var key = KeyOf(written!);
        Assert.Equal(new NanoUsd(expected), _budgets.Read(key).Spent);
        Assert.Equal(new NanoUsd(expected), await Ledger.ReadBudgetSpendAsync(key, default));
    }

    [Fact]
    public async Task A_call_that_counts_on_the_budget_before_its_opening_is_counted_once()
    {
        var budget = Budget();
        _flush = () =>
        {
            // Reserved after the commit, recorded before the opening sum: it brings its own spend, here and in the enforcing store.
            var key = KeyOf(Store.Current.BudgetsOf("acme")[0]);
            var call = Records.Call(1_000, Records.Noon, budgets: [key]);
            _ledger.Value.Append(call);
            _budgets.Settle(new Settlement
            {
                Tenant = "acme",
                Incarnation = "n.1",
                Sequence = 1,
                ReservationId = call.AttemptId.Parent,
                Cost = call.Cost!.Value,
                Budgets = call.Budgets,
                At = Records.Noon,
            });
            return Task.CompletedTask;
        };

        var written = await Store.PutBudgetAsync(budget, 0, Actor, default);

        var key = KeyOf(written!);
        Assert.Equal(new NanoUsd(1_079), _budgets.Read(key).Spent);
        Assert.Equal(new NanoUsd(1_079), await Ledger.ReadBudgetSpendAsync(key, default));
    }

    [Fact]
    public async Task A_changed_limit_keeps_the_counter()
    {
        var first = await Store.PutBudgetAsync(Budget(), 0, Actor, default);
        var second = await Store.PutBudgetAsync(
            Budget() with { Id = "bud_other", Limit = new NanoUsd(5), Mode = BudgetMode.Soft, Thresholds = [10], Strict = true }, 1, Actor, default);

        Assert.Equal((first!.Id, 2L), (second!.Id, second.Version));
        Assert.Equal(new NanoUsd(5), Assert.Single(Store.Current.BudgetsOf("acme")).Limit);
        Assert.Equal(new NanoUsd(79), _budgets.Read(KeyOf(second)).Spent);
    }

    [Theory]
    [InlineData(BudgetWindow.Month, null, null)]
    [InlineData(BudgetWindow.Day, 2, null)]
    [InlineData(BudgetWindow.Day, null, "gpt-5")]
    public async Task A_changed_meaning_gets_a_new_counter(BudgetWindow window, int? anchor, string? model)
    {
        var first = await Store.PutBudgetAsync(Budget(), 0, Actor, default);

        var second = await Store.PutBudgetAsync(
            first! with { Window = window, Anchor = anchor, Models = model is null ? null : [model] }, 1, Actor, default);

        Assert.NotEqual(first!.Id, second!.Id);
        Assert.StartsWith("bud_", second.Id, StringComparison.Ordinal);
        Assert.Equal(second.Id, Assert.Single(Store.Current.BudgetsOf("acme")).Id);
    }

    [Fact]
    public async Task Versions_are_checked_and_owners_must_be_known()
    {
        Assert.Null(await Store.PutBudgetAsync(Budget(), 1, Actor, default));
        Assert.NotNull(await Store.PutBudgetAsync(Budget(), 0, Actor, default));
        Assert.Null(await Store.PutBudgetAsync(Budget(), 0, Actor, default));
        Assert.NotNull(await Store.PutBudgetAsync(Budget(), null, Actor, default));
        Assert.Null(await Store.PutBudgetAsync(Budget() with { TenantId = "unknown" }, null, Actor, default));
    }

    [Fact]
    public async Task A_deleted_budget_applies_no_more_and_its_spend_stays_in_the_ledger()
    {
        var written = await Store.PutBudgetAsync(Budget(), 0, Actor, default);

        Assert.True(await Store.DeleteBudgetAsync("acme", "main", Actor, default));

        Assert.False(await Store.DeleteBudgetAsync("acme", "main", Actor, default));
        Assert.Empty(Store.Current.BudgetsOf("acme"));
        Assert.Equal(new NanoUsd(79), await Ledger.ReadBudgetSpendAsync(KeyOf(written!), default));
    }

    [Fact]
    public async Task An_opening_that_was_cut_off_is_made_up_at_the_next_start()
    {
        _flush = () => throw new InvalidOperationException("killed");
        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.PutBudgetAsync(Budget(), 0, Actor, default));
        var key = KeyOf(Store.Current.BudgetsOf("acme")[0]);
        Assert.Equal(NanoUsd.Zero, await Ledger.ReadBudgetSpendAsync(key, default));

        _flush = () => Task.CompletedTask;
        await Store.OpenPendingBudgetsAsync(default);
        await Store.OpenPendingBudgetsAsync(default);

        Assert.Equal(new NanoUsd(79), await Ledger.ReadBudgetSpendAsync(key, default));
        Assert.Equal(new NanoUsd(79), _budgets.Read(key).Spent);
    }

    [Fact]
    public async Task An_opening_of_a_window_that_is_over_adds_nothing_to_the_next()
    {
        _flush = () => throw new InvalidOperationException("killed");
        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.PutBudgetAsync(Budget(), 0, Actor, default));

        _flush = () => Task.CompletedTask;
        _time.Advance(TimeSpan.FromDays(1));
        _ledger.Value.Append(Records.Call(1_000, _time.GetUtcNow(), budgets: [KeyOf(Store.Current.BudgetsOf("acme")[0])]));
        await Store.OpenPendingBudgetsAsync(default);

        Assert.Equal(new NanoUsd(1_000), await Ledger.ReadBudgetSpendAsync(KeyOf(Store.Current.BudgetsOf("acme")[0]), default));
    }

    // What was counted once is in the sums of both and must not be counted again, whoever makes up for a lost opening.
    [Fact]
    public async Task Many_nodes_that_make_up_for_an_opening_add_it_once()
    {
        _flush = () => throw new InvalidOperationException("killed");
        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.PutBudgetAsync(Budget(), 0, Actor, default));
        var key = KeyOf(Store.Current.BudgetsOf("acme")[0]);
        _flush = () => Task.CompletedTask;

        var others = Enumerable.Range(0, 4).Select(_ => Open(AnotherNode())).ToList();
        await Task.WhenAll(others.Select(o => o.OpenPendingBudgetsAsync(default)));
        others.ForEach(o => o.Dispose());

        Assert.Equal(new NanoUsd(79), await Ledger.ReadBudgetSpendAsync(key, default));
        Assert.Equal(new NanoUsd(79), _budgets.Read(key).Spent);
    }

    // The enforcing store hears of an opening as of any other settlement of the ledger's own stream: gapless, once.
    [Fact]
    public async Task An_opening_is_a_settlement_of_the_ledgers_own_stream()
    {
        var written = await Store.PutBudgetAsync(Budget(), 0, Actor, default);
        await Store.PutBudgetAsync(Budget() with { TenantId = null, Name = "all", Scope = BudgetScope.Global, ScopeId = "" }, 0, Actor, default);
        await Store.PutBudgetAsync(Budget() with { Name = "new", Scope = BudgetScope.Tag, ScopeId = "env=test" }, 0, Actor, default);

        var settlement = Assert.Single(((ILedgerStore)Ledger).ReadLedgerSettlements("acme", 0));

        Assert.Equal(("acme", "ledger", 1, new NanoUsd(79), false), (settlement.Tenant, settlement.Incarnation, settlement.Sequence, settlement.Cost, settlement.EndsHold));
        Assert.Equal([KeyOf(written!)], settlement.Budgets);
        Assert.Equal(
            new (string, long)[] { (AppliedBudget.GlobalSlot, 1), ("acme", 1) }.Order(),
            ((ILedgerStore)Ledger).ReadLedgerStreams().Order());
    }

    public void Dispose()
    {
        if (_ledger.IsValueCreated)
        {
            Store.Dispose();
            _others.Where(o => o != _ledger.Value.Ledger).ToList().ForEach(o => o.Dispose());
            _ledger.Value.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    private TenancyStore OpenWithCalls()
    {
        var store = Open(Ledger);
        foreach (var id in new[] { "acme", "other" })
        {
            store.AddTenantAsync(new Tenant { Id = id, Name = id, TimeZone = "Asia/Kathmandu" }, Actor, default).GetAwaiter().GetResult();
        }

        var key = new VirtualKey { Id = "key_1", TenantId = "acme", Name = "app", Prefix = "lmp_", Hash = new KeyHash(SHA256.HashData("1"u8)) };
        store.AddKeyAsync(key, Actor, default).GetAwaiter().GetResult();
        var prod = Records.Tags(("env", "prod"));
        _ledger.Value.Append(
            Records.Call(1, Records.Noon.AddHours(-1)),
            Records.Call(2, Records.Noon.AddHours(-1), key: "key_2", model: "gpt-5-mini"),
            Records.Call(4, Records.Noon.AddHours(-1), tags: prod),
            Records.Call(8, Records.Noon.AddHours(-1), tags: prod, model: "gpt-5"),
            Records.Call(16, Records.Noon.AddHours(-1), tenant: "other"),
            Records.Call(32, Records.Noon.AddHours(-1), tenant: "other", key: "key_3", tags: prod),
            Records.Call(64, new DateTimeOffset(2026, 11, 23, 18, 15, 0, TimeSpan.Zero)),
            Records.Call(128, new DateTimeOffset(2026, 11, 23, 18, 14, 59, TimeSpan.Zero)),
            Records.Call(256, new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero)),
            Records.Call(512, new DateTimeOffset(2026, 10, 2, 0, 0, 0, TimeSpan.Zero)),
            Records.Call(null, Records.Noon.AddHours(-1)));
        return store;
    }

    private TenancyStore Open(SqlLedger ledger) => new(
        ledger,
        _ => _flush(),
        new LedgerStreams(ledger, Apply).TrySendAsync,
        _time,
        "UTC",
        signal: null,
        NullLogger<TenancyStore>.Instance);

    private Task<bool> Apply(IReadOnlyList<Settlement> settlements)
    {
        foreach (var settlement in settlements)
        {
            _budgets.Settle(settlement);
        }

        return Task.FromResult(true);
    }

    private static Budget Budget() => new()
    {
        Id = "bud_1",
        TenantId = "acme",
        Name = "main",
        ScopeId = "acme",
        Window = BudgetWindow.Day,
        Limit = NanoUsd.FromUsd(1),
    };

    private BudgetWindowKey KeyOf(Budget budget)
    {
        var zones = TimeZoneSchedule.Always(budget.TenantId is null ? "UTC" : "Asia/Kathmandu");
        return new BudgetWindowKey(
            budget.TenantId ?? AppliedBudget.GlobalSlot,
            budget.Id,
            WindowSchedule.At(_time.GetUtcNow(), budget.Window, budget.Anchor, zones).Id);
    }
}
