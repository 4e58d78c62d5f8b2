using CsCheck;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Storage.Budgets.Redis;
using static LLMeterProxy.Storage.Tests.Budgets.Calls;

namespace LLMeterProxy.Storage.Tests.Budgets.Redis;

/// <summary>
/// Random histories of one slot, given to the scripts and to <see cref="BudgetStep"/>: every answer is the same, and so is the
/// state after each history. LLMETER_MODEL_HISTORIES sets how many histories of 30 to 90 steps are tried.
/// </summary>
public sealed class StepScriptModelTests(SingleServerFixture fixture) : IClassFixture<SingleServerFixture>
{
    private const string Tenant = "acme";
    private const long Epoch = 1;

    private static readonly long _histories = long.Parse(Environment.GetEnvironmentVariable("LLMETER_MODEL_HISTORIES") ?? "150");

    [Fact]
    [Trait("Acceptance", "A1")]
    public async Task The_scripts_answer_and_store_what_the_step_does()
    {
        await using var node = await RedisNode.StartAsync(RedisNode.Patient(fixture.Server.EndPoint));
        var operation =
            from kind in Gen.Int[0, 99]
            from amount in Gen.Frequency((1, Gen.Const(0L)), (12, Gen.Long[1, 60]), (1, Gen.Long[61, 130]), (1, Gen.Long[1, 20_000_000_000_000]))
            from pick in Gen.Int[0, 1_000]
            from flag in Gen.Int[0, 7]
            from seconds in Gen.Frequency((8, Gen.Int[0, 3_000]), (2, Gen.Int[-70_000, 0]), (1, Gen.Int[-4_000_000, 40_000_000]))
            select new Operation(kind, amount, pick, flag, seconds);
        var run = 0;
        await operation.Array[30, 90].SampleAsync(
            async operations =>
            {
                var history = new History(node.Scripts, $"{Tenant}-{Interlocked.Increment(ref run)}");
                await history.StartAsync();
                foreach (var next in operations)
                {
                    await history.ApplyAsync(next);
                }

                await history.AssertSameStateAsync(fixture.Server);
            },
            iter: _histories,
            threads: 2);
    }

    private sealed record Operation(int Kind, long Amount, int Pick, int Flag, int Milliseconds);

    private sealed class History(BudgetScriptClient scripts, string tenant)
    {
        private static readonly string[] _nodes = ["n1.1", "n2.1", "n3.1", Core.Budgets.Settlement.LedgerIncarnation];
        private static readonly BudgetMode[] _modes = [BudgetMode.Hard, BudgetMode.Hard, BudgetMode.Soft, BudgetMode.Shadow];

        private readonly BudgetSlot _slot = new(tenant);
        private readonly List<Reservation> _calls = [];
        private readonly Dictionary<string, long> _sequences = new(StringComparer.Ordinal);
        private DateTimeOffset _now = Noon;
        private int _day = 20;

        public async Task StartAsync()
        {
            BudgetStep.Fence(_slot, Epoch);
            Assert.Equal(ScriptStatus.Ok, await scripts.RebuildAsync(SlotSnapshot.Empty(tenant), Epoch));
        }

        public async Task ApplyAsync(Operation next)
        {
            _now += TimeSpan.FromMilliseconds(next.Milliseconds);
            switch (next.Kind)
            {
                case < 40:
                    await ReserveAsync(NewCall(next), next);
                    break;
                case < 46 when _calls.Count > 0:
                    await ReserveAsync(Pick(next), next);
                    break;
                case < 72 when _calls.Count > 0:
                    await SettleAsync(next);
                    break;
                case < 82 when _calls.Count > 0:
                    await ReleaseAsync(Pick(next), isUndone: next.Flag % 2 == 0);
                    break;
                case < 86:
                    await ExpireAsync(_nodes[next.Pick % 3], _nodes[next.Flag % 3]);
                    break;
                case < 90:
                    await ExpireOverdueAsync(_now.AddSeconds(-next.Pick), _nodes[next.Flag % 3]);
                    break;
                case < 93:
                    await ReholdAsync(NewCall(next), attempt: 1 + (next.Flag % 3));
                    break;
                case < 95:
                    await TrimAsync(_now.AddDays(next.Flag));
                    break;
                case < 97:
                    await ForgetAsync(_nodes[next.Pick % 3]);
                    break;
                default:
                    _day++;
                    break;
            }
        }

        public async Task AssertSameStateAsync(TestKit.Redis.RedisServer server)
        {
            var keys = new SlotView(tenant).Keys;
            var expected = StoredSlot.Of(_slot);
            var actual = StoredSlot.Read(server, keys[0]!, keys[1]!);
            Assert.Equal(expected.Fields, actual.Fields);
            Assert.Equal(expected.Holds, actual.Holds);
            var (status, balances) = await scripts.ReadAllAsync(tenant, Epoch);
            Assert.Equal(ScriptStatus.Ok, status);
            Assert.All(balances, b => Assert.Equal(_slot.Read(b.Key), b.Balance));
        }

        private Reservation Pick(Operation next) => _calls[next.Pick % _calls.Count];

        private Reservation NewCall(Operation next)
        {
            var mode = _modes[next.Flag % 4];
            AppliedBudget[] all =
            [
                Applied(tenant, "day", 100 + (next.Pick % 50), day: _day),
                Applied(tenant, "key", next.Pick % 7 == 0 ? 8_000_000_000_000_000 : 70, mode, _day),
                Applied(tenant, "tag", 40, _modes[next.Pick % 4], _day),
                Applied(AppliedBudget.GlobalSlot, "elsewhere", 1),
            ];
            AppliedLimit[] limits =
            [
                Limited(tenant, "tenant", requests: 6 * (1 + (next.Pick % 3)), tokens: 600, concurrent: 4),
                Limited(tenant, "key_1", requests: next.Flag == 5 ? 0 : 997, tokens: next.Flag == 6 ? null : 100_000_007, concurrent: next.Flag == 4 ? 0 : null),
                Limited("elsewhere", "key_2", requests: 1),
            ];
            return new Reservation
            {
                Id = RequestIdGenerator.At(_now),
                // One of another tenant, which holds here because this one owns its key.
                Tenant = next.Pick % 11 == 0 ? "other" : tenant,
                Amount = new NanoUsd(next.Amount),
                Budgets = next.Flag < 6 ? all[..(1 + (next.Flag % 4))] : [],
                Limits = next.Pick % 3 == 0 ? [] : limits[..(1 + (next.Pick % 3))],
                EstimatedTokens = next.Pick % 5 * 61,
                At = _now,
                Incarnation = _nodes[next.Pick % 3],
                Attempt = 1 + (next.Flag / 7),
                Intent = new byte[] { 0, 255, (byte)next.Pick },
            };
        }

        private async Task ReserveAsync(Reservation call, Operation next)
        {
            var isCheck = next.Flag == 7;
            var expected = isCheck ? BudgetStep.Check(_slot, call) : BudgetStep.Reserve(_slot, call);
            var reply = await scripts.ReserveAsync(tenant, Epoch, call, isCheck, "a,b");
            if (reply.Status == ScriptStatus.Fenced)
            {
                Assert.Equal(ReserveOutcome.Unverifiable, expected.Result.Outcome);
                return;
            }

            Assert.Equal(ScriptStatus.Ok, reply.Status);
            Assert.Equal(expected.Result, reply.Effect.Result);
            Assert.Equal(expected.ShadowRefusals ?? [], reply.Effect.ShadowRefusals ?? []);
            foreach (var (key, balance) in reply.Balances)
            {
                Assert.Equal(_slot.Read(key), balance);
                var applied = call.Budgets.First(b => b.Key == key);

                // I5: whatever was granted above nothing fits.
                if (reply.Effect.Result.IsGranted && !isCheck && !_calls.Contains(call) && applied.Budget.Mode == BudgetMode.Hard && call.Amount > NanoUsd.Zero)
                {
                    Assert.True(balance.Spent.Value + balance.Held.Value <= applied.Budget.Limit.Value);
                }
            }

            if (!_calls.Contains(call))
            {
                _calls.Add(call);
            }
        }

        private async Task SettleAsync(Operation next)
        {
            var batch = new List<Settlement>();
            for (var i = 0; i <= next.Flag % 3; i++)
            {
                var call = _calls[(next.Pick + i) % _calls.Count];
                var node = _nodes[(next.Pick + i) % _nodes.Length];
                var sequence = _sequences[node] = _sequences.GetValueOrDefault(node) + 1;
                batch.Add(new Settlement
                {
                    Tenant = call.Tenant,
                    Incarnation = node,
                    Sequence = next.Pick % 6 == 0 ? Math.Max(1, sequence - 2) : sequence, // at times one that came before
                    ReservationId = call.Id,
                    EndsHold = (next.Pick + i) % 4 != 0,
                    Attempt = 1 + (next.Flag % 2),
                    Cost = new NanoUsd(next.Flag == 3 ? -next.Amount : next.Amount),
                    Budgets = [.. call.Budgets.Select(b => b.Key)],
                    Tokens = next.Amount % 1_000,
                    At = _now,
                });
            }

            var expected = batch.ConvertAll(s => BudgetStep.Settle(_slot, s));
            var reply = await scripts.SettleAsync(tenant, Epoch, batch);
            Assert.Equal(ScriptStatus.Ok, reply.Status);
            for (var i = 0; i < batch.Count; i++)
            {
                Assert.Equal((expected[i].Applied, expected[i].Ended is not null), (reply.Effects[i].IsApplied, reply.Effects[i].HasEnded));
                Assert.Equal(expected[i].Overshoot, reply.Effects[i].Overshoot);
            }

            Assert.All(reply.Balances, b => Assert.Equal(_slot.Read(b.Key), b.Balance));
        }

        private async Task ReleaseAsync(Reservation call, bool isUndone)
        {
            var expected = BudgetStep.Release(_slot, call.Id, isUndone);
            var (status, slots) = await scripts.ReleaseAsync(tenant, Epoch, call.Id, isUndone);
            Assert.Equal(ScriptStatus.Ok, status);
            Assert.True(expected is not null || slots.Length == 0);
        }

        private async Task ExpireAsync(string dead, string newOwner) =>
            AssertSame(BudgetStep.Expire(_slot, dead, newOwner), await scripts.ExpireAsync(tenant, Epoch, dead, newOwner));

        private async Task ExpireOverdueAsync(DateTimeOffset before, string newOwner) => AssertSame(
            BudgetStep.ExpireOverdue(_slot, before, before.AddMinutes(-5), newOwner),
            await scripts.ExpireOverdueAsync(tenant, Epoch, before, before.AddMinutes(-5), newOwner));

        private static void AssertSame(IReadOnlyList<ExpiredHold> expected, (ScriptStatus Status, IReadOnlyList<LostHold> Holds) actual)
        {
            Assert.Equal(ScriptStatus.Ok, actual.Status);
            Assert.Equal(
                expected.Select(e => (e.Reservation.Id, e.Reservation.Amount, e.Attempt, e.Reservation.Intent.Span[2])).Order(),
                actual.Holds.Select(h => (h.Id, h.Amount, h.Attempt, h.Intent.Span[2])).Order());
        }

        private async Task ReholdAsync(Reservation call, int attempt)
        {
            BudgetStep.Rehold(_slot, call, attempt);
            Assert.Equal(ScriptStatus.Ok, await scripts.ReholdAsync(tenant, Epoch, call, attempt));
            _calls.Add(call);
        }

        private async Task TrimAsync(DateTimeOffset now)
        {
            BudgetStep.Trim(_slot, now);
            Assert.Equal(ScriptStatus.Ok, await scripts.TrimAsync(tenant, Epoch, now));
        }

        private async Task ForgetAsync(string incarnation)
        {
            BudgetStep.Forget(_slot, incarnation);
            _sequences.Remove(incarnation);
            Assert.Equal(ScriptStatus.Ok, await scripts.ForgetAsync(tenant, Epoch, [incarnation]));
        }
    }
}
