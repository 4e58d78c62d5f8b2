using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Budgets.InProcess;
using static LLMeterProxy.Storage.Tests.Budgets.Calls;

namespace LLMeterProxy.Storage.Tests.Budgets;

public sealed class InProcessBudgetStoreTests : BudgetStoreContract
{
    private readonly InProcessBudgetStore _store;

    public InProcessBudgetStoreTests()
    {
        _store = new InProcessBudgetStore(Observer);
    }

    protected override IBudgetStore Store => _store;

    [Fact]
    public void A_reservation_completes_synchronously()
    {
        var reserving = _store.ReserveAsync(Reservation("acme", 1, [Applied("acme", "cap", 10)]), CancellationToken.None).AsTask();

        Assert.True(reserving.IsCompletedSuccessfully);
    }

    // Real threads, released together, no scheduler between them and the locks; a watcher checks the cap all along (I5).
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Acceptance", "A1")]
    public void Threads_never_pass_the_cap_at_any_instant(bool twoSlots)
    {
        const int Threads = 16;
        const long Limit = 1_000;
        var tenant = Applied("acme", "cap", twoSlots ? 1_300 : Limit);
        var global = Applied(AppliedBudget.GlobalSlot, "cap", twoSlots ? Limit : long.MaxValue);
        var watched = twoSlots ? global : tenant;
        using var start = new Barrier(Threads + 1);
        var sequence = 0L;
        var stream = new Lock();
        var (spent, done) = (0L, 0);
        var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            var random = new Random(t);
            start.SignalAndWait();
            for (var i = 0; i < 2_000; i++)
            {
                var hold = random.Next(1, 200);
                var reservation = Reservation("acme", hold, twoSlots ? [tenant, global] : [tenant]);
                if (!ReserveAsync(reservation).GetAwaiter().GetResult().IsGranted)
                {
                    continue;
                }

                if (random.Next(20) > 0)
                {
                    _store.Release("acme", reservation.Id);
                    continue;
                }

                lock (stream)
                {
                    var cost = random.Next(0, Math.Min(hold, 3));
                    spent += cost;
                    _store.Settle(Settlement(reservation, ++sequence, cost));
                }
            }

            Interlocked.Increment(ref done);
        })).ToList();
        threads.ForEach(t => t.Start());
        start.SignalAndWait();

        var highest = 0L;
        while (Volatile.Read(ref done) < Threads && threads.Exists(t => t.IsAlive))
        {
            var balance = _store.Read(watched.Key);
            highest = Math.Max(highest, balance.Spent.Value + balance.Held.Value);
        }

        threads.ForEach(t => t.Join());
        Assert.InRange(highest, 0, Limit);
        Assert.Equal(new BudgetBalance(new NanoUsd(spent), NanoUsd.Zero), _store.Read(watched.Key));
        Assert.Equal(0, _store.HoldCount);
    }

    [Fact]
    public async Task An_expired_incarnation_names_each_call_once_and_keeps_its_room_until_it_is_charged()
    {
        var (tenant, global) = (Applied("acme", "cap", 100), Applied(AppliedBudget.GlobalSlot, "cap", 100));
        var reservation = Reservation("acme", 60, [tenant, global]);
        await ReserveAsync(reservation);

        Assert.Equal([new ExpiredHold(reservation, 1)], _store.ExpireIncarnation(Incarnation, "node-2.1"));

        Assert.Equal(60, _store.Read(global.Key).Held.Value);
        Assert.Equal(ReserveOutcome.Unverifiable, (await ReserveAsync(Reservation("acme", 1, [tenant]))).Outcome);
    }

    [Fact]
    public async Task Replaying_the_journals_tail_over_loaded_figures_counts_nothing_twice()
    {
        var (tenant, global) = (Applied("acme", "cap", 100), Applied(AppliedBudget.GlobalSlot, "cap", 100));
        var (shipped, tail) = (Reservation("acme", 5, [tenant, global]), Reservation("acme", 5, [tenant, global]));
        foreach (var budget in new[] { tenant, global })
        {
            _store.Load(budget.Key, new NanoUsd(40));
            _store.LoadWatermark(budget.Slot, "acme", Incarnation, 1);
        }

        Store.Settle(Settlement(shipped, 1, 40));
        Store.Settle(Settlement(tail, 2, 3));

        Assert.Equal(43, (await ReadAsync(tenant)).Spent.Value);
        Assert.Equal(43, (await ReadAsync(global)).Spent.Value);
    }

    [Fact]
    public async Task A_snapshot_has_every_counter_and_trimming_drops_the_old_ones()
    {
        var (old, current) = (Applied("acme", "cap", 100, day: 20), Applied("acme", "cap", 100));
        var (first, second) = (Reservation("acme", 10, [old]), Reservation("acme", 20, [current]));
        await ReserveAsync(first);
        await ReserveAsync(second);
        _store.Settle(Settlement(first, 1, 4));

        Assert.Equal(
            [(old.Key, new BudgetBalance(new NanoUsd(4), NanoUsd.Zero)), (current.Key, new BudgetBalance(NanoUsd.Zero, new NanoUsd(20)))],
            _store.Snapshot().OrderBy(c => c.Key.WindowId, StringComparer.Ordinal));

        _store.Trim(Noon);
        Assert.Equal([current.Key], _store.Snapshot().Select(c => c.Key));
    }
}
