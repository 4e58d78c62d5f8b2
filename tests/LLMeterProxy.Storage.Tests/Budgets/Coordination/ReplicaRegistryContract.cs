using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.Storage.Ledger;
using LLMeterProxy.Storage.Ledger.Sql;
using LLMeterProxy.Storage.Tests.Ledger;

namespace LLMeterProxy.Storage.Tests.Budgets.Coordination;

/// <summary>What nodes rely on when they meet through the ledger, on every engine.</summary>
public abstract class ReplicaRegistryContract
{
    private static readonly BudgetWindowKey _month = new("acme", "bud_1", "m:2026-11");
    private static readonly BudgetWindowKey _global = new(AppliedBudget.GlobalSlot, "bud_2", "total");
    private static readonly IReadOnlySet<string> _shared = new HashSet<string>(StringComparer.Ordinal) { AppliedBudget.GlobalSlot };

    protected abstract ILedgerStore Ledger { get; }

    private ReplicaRegistry Registry => new(Ledger.Database, TimeProvider.System);

    [Fact]
    public void An_incarnation_is_known_until_it_is_closed()
    {
        Registry.Register("n1-1", "n1");
        Registry.Register("n1-1", "n1");
        Registry.Register("n2-1", "n2");
        Registry.MarkReplayed("n1-1", 3);
        Registry.MarkReplayed("n1-1", 2);
        Registry.MarkExpired("n2-1");

        Assert.Equal([new("n1-1", "n1", 3, IsExpired: false), new NodeIncarnation("n2-1", "n2", 0, IsExpired: true)], Registry.ReadUnclosed());

        Registry.Close("n1-1");

        Assert.Equal(["n2-1"], Registry.ReadUnclosed().Select(i => i.Incarnation));
    }

    [Fact]
    [Trait("Acceptance", "A12")]
    public async Task Of_many_nodes_that_raise_an_epoch_one_does()
    {
        Assert.Null(Registry.ReadEpoch());

        var first = await RaiseAtOnceAsync(from: 0);
        var second = await RaiseAtOnceAsync(from: 1);

        Assert.Equal((1, 1), (first, second));
        Assert.Equal((2, EpochPhase.Building), (Registry.ReadEpoch()!.Number, Registry.ReadEpoch()!.Phase));
    }

    [Fact]
    public void An_epoch_is_built_and_opened_by_its_number_alone()
    {
        Registry.TryRaise(0, "run-1", "n1-1");
        var figures = new LedgerFigures(
            new Dictionary<string, SlotSnapshot>(StringComparer.Ordinal),
            new Dictionary<string, JournalPosition>(StringComparer.Ordinal) { ["n1"] = new(3, 70) });
        Assert.False(Registry.TryOpen(1));
        Assert.True(Registry.TryMarkBuilt(1, figures));
        Assert.False(Registry.TryMarkBuilt(1, figures));

        var built = Registry.ReadEpoch()!;
        Assert.Equal(("run-1", EpochPhase.Built, "n1-1", new JournalPosition(3, 70)), (built.Store, built.Phase, built.RaisedBy, built.Positions["n1"]));
        Assert.True(Registry.TryOpen(1));
        Assert.False(Registry.TryOpen(2));
        Assert.True(Registry.TryRaise(1, "run-2", "n2-1"));
        Assert.False(Registry.TryOpen(1));
        Assert.False(Registry.TryMarkBuilt(1, figures));
    }

    [Fact]
    [Trait("Acceptance", "T104")]
    public void A_slot_is_new_once_in_each_epoch()
    {
        Assert.True(Registry.TryClaimSlot("acme", 1));
        Assert.False(Registry.TryClaimSlot("acme", 1));
        Registry.ClaimSlots(["acme", "zeta"], 2);

        Assert.False(Registry.TryClaimSlot("zeta", 2));
        Assert.False(Registry.TryClaimSlot("acme", 1));
        Assert.Equal(["acme", "zeta"], Registry.ReadSlots(2));
        Assert.Empty(Registry.ReadSlots(1));
    }

    [Fact]
    [Trait("Acceptance", "I14")]
    public void Figures_are_the_ledgers_sums_and_where_they_contain_each_stream()
    {
        Registry.Register("n1-1", "n1");
        Registry.Register("n1-0", "n1");
        Registry.Close("n1-0");
        Append("n1", Record(40, "n1-0", 9), Record(60, "n1-1", 1), Record(5, "n1-1", 2));
        Emit("acme", 7);

        var figures = Registry.ReadFigures(_shared);

        var acme = figures.Of("acme");
        Assert.Equal([(_month, new NanoUsd(105))], acme.Counters);
        Assert.Equal([("acme", "ledger", 1), ("acme", "n1-1", 2)], acme.Watermarks.Order());
        Assert.Equal(new JournalPosition(1, 3), figures.Positions["n1"]);

        // Any tenant's stream may reach the global slot, so it has them all.
        var global = figures.Of(AppliedBudget.GlobalSlot);
        Assert.Equal([(_global, new NanoUsd(105))], global.Counters);
        Assert.Equal(acme.Watermarks.Order(), global.Watermarks.Order());
    }

    [Fact]
    public void One_slots_figures_are_those_that_it_has_among_all()
    {
        Registry.Register("n1-1", "n1");
        Append("n1", Record(60, "n1-1", 1), Record(60, "n1-1", 1, "zeta"));

        foreach (var slot in (string[])["acme", AppliedBudget.GlobalSlot, "unknown"])
        {
            var one = Registry.ReadFigures(slot, _shared);
            var among = Registry.ReadFigures(_shared).Of(slot);
            Assert.Equal(among.Counters, one.Counters);
            Assert.Equal(among.Watermarks.Order(), one.Watermarks.Order());
        }
    }

    private async Task<int> RaiseAtOnceAsync(long from)
    {
        var raised = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => Registry.TryRaise(from, "run", $"n{i}-1"))));
        return raised.Count(r => r);
    }

    private void Append(string node, params UsageRecord[] records) =>
        Ledger.Append(node, [.. records.Select(LedgerFile.Entry)], [], new JournalPosition(1, records.Length));

    private void Emit(string stream, long cost) => Ledger.Database.Write(connection =>
    {
        LedgerStream.Append(connection, stream, null, new NanoUsd(cost), [_month], Records.Noon);
        return true;
    });

    private static UsageRecord Record(long cost, string incarnation, long sequence, string tenant = "acme") =>
        Records.Call(cost, tenant: tenant, budgets: [_month with { Slot = tenant }, _global]) with { Incarnation = incarnation, ChainSeq = sequence };
}
