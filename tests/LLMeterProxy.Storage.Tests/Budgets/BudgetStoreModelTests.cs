using CsCheck;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Budgets.InProcess;
using static LLMeterProxy.Storage.Tests.Budgets.Calls;

namespace LLMeterProxy.Storage.Tests.Budgets;

/// <summary>
/// Random histories of two tenants and a global budget, against a model that keeps lists and sums them anew for each
/// answer: 2,000 histories of 100 to 200 operations, so at least 200,000.
/// </summary>
public sealed class BudgetStoreModelTests
{
    private static readonly string[] _tenants = ["acme", "zeta"];

    [Fact]
    [Trait("Acceptance", "T106")]
    public void The_store_answers_as_a_list_of_all_that_happened_would()
    {
        var operation =
            from kind in Gen.Int[0, 99]
            from tenant in Gen.Int[0, 1]
            from amount in Gen.Frequency((1, Gen.Const(0L)), (12, Gen.Long[1, 60]), (1, Gen.Long[61, 130]))
            from pick in Gen.Int[0, 1_000]
            from flag in Gen.Int[0, 3]
            select new Operation(kind, _tenants[tenant], amount, pick, flag);
        operation.Array[100, 200].Sample(
            operations =>
            {
                var history = new History();
                foreach (var next in operations)
                {
                    history.Apply(next);
                }

                history.AssertSame();
            },
            iter: 2_000);
    }

    // Real threads on few ids: whatever interleaving, the end is one that some order of the same operations has.
    [Fact]
    public void Concurrent_operations_end_as_some_order_of_them_would()
    {
        AppliedBudget[] budgets =
        [
            Applied("acme", "cap", 100),
            Applied("acme", "key", 60),
            Applied(AppliedBudget.GlobalSlot, "global", 90),
        ];
        var calls = Enumerable.Range(0, 4)
            .Select(i => Reservation("acme", 20 + (10 * i), i % 2 == 0 ? budgets : budgets[..2])).ToArray();
        var call = Gen.OneOf(calls);

        Gen.Const(() => new InProcessBudgetStore()).SampleParallel(
            call.Operation<InProcessBudgetStore>((store, c) => store.ReserveAsync(c, CancellationToken.None).AsTask().GetAwaiter().GetResult()),
            call.Operation<InProcessBudgetStore>((store, c) => store.Release("acme", c.Id)),
            Gen.Select(call, Gen.Long[1, 8], Gen.Long[0, 50], Gen.Bool).Operation<InProcessBudgetStore>(
                (store, s) => store.Settle(Settlement(s.Item1, s.Item2, s.Item3, s.Item4))),
            equal: (left, right) => Array.TrueForAll(budgets, b => left.Read(b.Key) == right.Read(b.Key)) && left.HoldCount == right.HoldCount,
            iter: 500);
    }

    private sealed record Operation(int Kind, string Tenant, long Amount, int Pick, int Flag);

    private sealed class History
    {
        private readonly InProcessBudgetStore _store = new();
        private readonly List<Reservation> _everyReservation = [];
        private readonly List<Settlement> _everySettlement = [];
        private readonly List<Reservation> _held = [];
        private readonly List<(BudgetWindowKey Key, long Cost)> _charges = [];
        private readonly Dictionary<string, long> _sequence = _tenants.ToDictionary(t => t, _ => 0L, StringComparer.Ordinal);
        private readonly Dictionary<(string Slot, string Tenant), long> _watermark = [];
        private readonly Dictionary<string, long> _limits = new(StringComparer.Ordinal) { ["day"] = 100, ["key"] = 70, ["soft"] = 30, ["global"] = 150 };
        private int _day = 10;

        public void Apply(Operation next)
        {
            switch (next.Kind)
            {
                case < 45:
                    Reserve(Reservation(next.Tenant, next.Amount, Budgets(next)));
                    break;
                case < 52 when _everyReservation.Count > 0:
                    Reserve(_everyReservation[next.Pick % _everyReservation.Count]); // a replay: held, refused or long over
                    break;
                case < 80 when _held.Count > 0:
                    Settle(_held[next.Pick % _held.Count], next);
                    break;
                case < 85 when _everySettlement.Count > 0:
                    Settle(_everySettlement[next.Pick % _everySettlement.Count]); // lost and sent again, or out of order
                    break;
                case < 88:
                    Settle(Reservation(next.Tenant, 0, Budgets(next)), next); // of a hold that nobody knows
                    break;
                case < 92 when _held.Count > 0:
                    Release(_held[next.Pick % _held.Count]);
                    break;
                case < 96:
                    var name = _limits.Keys.ElementAt(next.Pick % _limits.Count);
                    _limits[name] = next.Amount * 2;
                    break;
                case < 98:
                    _day++;
                    break;
                default:
                    AssertSame();
                    break;
            }
        }

        public void AssertSame()
        {
            foreach (var (key, balance) in _store.Snapshot())
            {
                Assert.Equal(new BudgetBalance(new NanoUsd(Spent(key)), new NanoUsd(Held(key))), balance);
            }

            foreach (var key in _charges.Select(c => c.Key).Concat(_held.SelectMany(h => h.Budgets).Select(b => b.Key)).Distinct())
            {
                Assert.Equal(new BudgetBalance(new NanoUsd(Spent(key)), new NanoUsd(Held(key))), _store.Read(key));
            }
        }

        private AppliedBudget[] Budgets(Operation next)
        {
            AppliedBudget[] all =
            [
                Applied(next.Tenant, "day", _limits["day"], day: _day),
                Applied(next.Tenant, "soft", _limits["soft"], BudgetMode.Soft, _day),
                Applied(next.Tenant, "key", _limits["key"], day: _day),
                Applied(AppliedBudget.GlobalSlot, "global", _limits["global"], day: _day),
            ];
            return next.Flag switch { 0 => all, 1 => all[..1], 2 => all[..3], _ => all[2..] };
        }

        private void Reserve(Reservation reservation)
        {
            _everyReservation.Add(reservation);
            var expected = _held.Exists(h => h.Id == reservation.Id) ? ReserveOutcome.Granted : Decide(reservation);
            var result = _store.ReserveAsync(reservation, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            Assert.Equal(expected, result.Outcome);
            if (result.Budget is { } budget)
            {
                Assert.Equal((Spent(budget.Key), Held(budget.Key)), (result.Spent.Value, result.Held.Value));
            }

            if (expected == ReserveOutcome.Granted && !_held.Exists(h => h.Id == reservation.Id))
            {
                _held.Add(reservation);
            }
        }

        private ReserveOutcome Decide(Reservation reservation)
        {
            var amount = (decimal)reservation.Amount.Value;
            var hard = reservation.Budgets.Where(b => b.Budget.Mode == BudgetMode.Hard)
                .Select(b => (Limit: (decimal)b.Budget.Limit.Value, Spent: Spent(b.Key), Held: Held(b.Key))).ToList();
            return amount == 0 ? ReserveOutcome.Granted
                : hard.Exists(b => amount > b.Limit) ? ReserveOutcome.TooBig
                : hard.Exists(b => b.Spent + amount > b.Limit) ? ReserveOutcome.Exhausted
                : hard.Exists(b => b.Spent + b.Held + amount > b.Limit) ? ReserveOutcome.InFlight
                : ReserveOutcome.Granted;
        }

        private void Settle(Reservation reservation, Operation next)
        {
            // Mostly below the hold, at times above it, at times a correction.
            var cost = next.Flag == 3 ? -next.Amount : next.Amount;
            Settle(Settlement(reservation, ++_sequence[reservation.Tenant], cost, endsHold: next.Pick % 5 != 0));
        }

        private void Settle(Settlement settlement)
        {
            _everySettlement.Add(settlement);
            _store.Settle(settlement);
            var held = _held.Find(h => h.Id == settlement.ReservationId);
            var slots = settlement.Budgets.Select(k => k.Slot).Append(settlement.Tenant)
                .Concat(held is null ? [] : held.Budgets.Select(b => b.Slot)).Distinct(StringComparer.Ordinal);
            foreach (var slot in slots)
            {
                if (settlement.Sequence <= _watermark.GetValueOrDefault((slot, settlement.Tenant)))
                {
                    continue;
                }

                _watermark[(slot, settlement.Tenant)] = settlement.Sequence;
                _charges.AddRange(settlement.Budgets.Where(k => string.Equals(k.Slot, slot)).Select(k => (k, settlement.Cost.Value)));
                if (settlement.EndsHold && string.Equals(slot, settlement.Tenant))
                {
                    _held.RemoveAll(h => h.Id == settlement.ReservationId);
                }
            }
        }

        private void Release(Reservation reservation)
        {
            _store.Release(reservation.Tenant, reservation.Id);
            _held.Remove(reservation);
        }

        private long Spent(BudgetWindowKey key) =>
            _charges.Where(c => c.Key == key).Aggregate(0L, (sum, c) => Math.Max(0, sum + c.Cost));

        private long Held(BudgetWindowKey key) =>
            _held.Where(h => h.Budgets.Any(b => b.Key == key)).Sum(h => h.Amount.Value);
    }
}
