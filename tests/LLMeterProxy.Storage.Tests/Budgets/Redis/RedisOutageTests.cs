using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Storage.Budgets.Redis;
using LLMeterProxy.TestKit;
using LLMeterProxy.TestKit.Redis;
using static LLMeterProxy.Storage.Tests.Budgets.Calls;

namespace LLMeterProxy.Storage.Tests.Budgets.Redis;

/// <summary>
/// What a server can do instead of answering. Each time: the call is unverifiable and never hangs, what was spent meanwhile is
/// counted afterwards, once, and the same node goes on when the server does.
/// </summary>
[Trait("Acceptance", "T115")]
public sealed class RedisOutageTests : IAsyncLifetime
{
    private readonly AppliedBudget _budget = Applied("acme", "cap", 1_000);
    private long _epoch = 1;
    private RedisServer? _server;
    private RedisNode? _node;

    private RedisServer Server => _server!;

    private RedisNode Node => _node!;

    public async Task InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _node = await RedisNode.StartAsync(new RedisBudgetOptions
        {
            Configuration = Server.EndPoint,
            OperationTimeout = TimeSpan.FromMilliseconds(500), // Twice the product's, for a machine that is busy with tests.
            ClockTolerance = TimeSpan.FromDays(36_500),
        });
    }

    public async Task DisposeAsync()
    {
        await Node.DisposeAsync();
        await Server.DisposeAsync();
    }

    [Fact]
    public Task A_frozen_server() => RunAsync(Server.Freeze, Server.Thaw);

    [Fact]
    public Task A_server_that_takes_seconds() => RunAsync(() => Server.Command("CLIENT", "PAUSE", "3000", "ALL"), static () => { });

    [Fact]
    public Task A_server_without_memory() => RunAsync(() => Server.Configure("maxmemory", "1"), () => Server.Configure("maxmemory", "0"));

    [Fact]
    public Task A_server_that_became_a_replica() =>
        RunAsync(() => Server.Command("REPLICAOF", "127.0.0.1", "1"), () => Server.Command("REPLICAOF", "NO", "ONE"));

    [Fact]
    public async Task A_server_that_lost_its_scripts()
    {
        await RunAsync(() => Server.Command("SCRIPT", "FLUSH"), static () => { });
        Assert.Contains(Node.Doubts, d => d.Reason == EpochDoubt.ScriptsMissing);
    }

    [Fact]
    public async Task A_server_that_takes_no_connection_more()
    {
        using var control = RedisConnection.Open(Server.Port);
        await RunAsync(
            () =>
            {
                control.Send("CONFIG", "SET", "maxclients", "1");
                control.Send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            },
            () => control.Send("CONFIG", "SET", "maxclients", "1000"));
    }

    [Fact]
    public async Task A_server_whose_password_changed()
    {
        using var control = RedisConnection.Open(Server.Port);
        await RunAsync(
            () =>
            {
                control.Send("CONFIG", "SET", "requirepass", "secret");
                control.Send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            },
            () => control.Send("CONFIG", "SET", "requirepass", ""));
    }

    // Its counters are gone, so that an epoch begins: the ledger knows nothing, and the journal everything.
    [Fact]
    public Task A_server_that_died_and_came_back_empty() => RunAsync(Server.Kill, () =>
    {
        Server.StartAgainAsync().GetAwaiter().GetResult();
        _epoch = 2;
    });

    [Fact]
    public async Task A_slot_of_another_type_refuses_its_tenant_alone()
    {
        Server.Command("SET", "llmeter:{acme}:state", "rubbish");

        Assert.Equal(ReserveOutcome.Unverifiable, (await ReserveAsync(_budget)).Outcome);
        Assert.True((await ReserveAsync(Applied("zeta", "cap", 10))).IsGranted);
    }

    [Fact]
    public async Task A_node_that_starts_without_its_server_refuses_and_goes_on_once_it_is_there()
    {
        await using var late = await RedisServer.StartAsync();
        late.Kill();
        await using var node = await RedisNode.StartAsync(RedisNode.Patient(late.EndPoint), isVerified: false);
        Assert.Equal(ReserveOutcome.Unverifiable, (await node.Store.ReserveAsync(Reservation("acme", 1, [_budget]), CancellationToken.None)).Outcome);

        await late.StartAgainAsync();
        await Patience.UntilAsync(() => TryVerifyAsync(node), "the server is verified");

        Assert.True((await node.Store.ReserveAsync(Reservation("acme", 1, [_budget]), CancellationToken.None)).IsGranted);
    }

    // Sent twice, unanswered both times, and executed all the same once the server goes on.
    [Fact]
    [Trait("Acceptance", "T105")]
    public async Task A_reservation_that_timed_out_holds_nothing_in_the_end()
    {
        Assert.True((await ReserveAsync(_budget)).IsGranted);
        Server.Freeze();
        Assert.Equal(ReserveOutcome.Unverifiable, (await ReserveAsync(_budget)).Outcome);
        Server.Thaw();

        await UntilGrantedAsync();
        await Patience.UntilAsync(
            async () => await Node.BalanceAsync(_budget) == RedisNode.Balance(0, 20) && Node.Store.HoldCount == 2, "only what was admitted is held");
    }

    [Fact]
    [Trait("Acceptance", "T105")]
    public async Task A_reservation_repeated_under_its_id_holds_once()
    {
        var reservation = Reservation("acme", 60, [_budget]);
        for (var i = 0; i < 3; i++)
        {
            Assert.True((await Node.Store.ReserveAsync(reservation, CancellationToken.None)).IsGranted);
        }

        Assert.Equal(RedisNode.Balance(0, 60), await Node.BalanceAsync(_budget));
    }

    private static async Task<bool> TryVerifyAsync(RedisNode node, long epoch = 1)
    {
        try
        {
            await node.VerifyAsync(epoch);
            return true;
        }
        catch (Exception e) when (e is StackExchange.Redis.RedisException or TimeoutException)
        {
            return false;
        }
    }

    private async Task RunAsync(Action fault, Action heal)
    {
        var before = Reservation("acme", 10, [_budget]);
        Assert.True((await Node.Store.ReserveAsync(before, CancellationToken.None)).IsGranted);

        fault();
        await Patience.UntilAsync(async () => (await ReserveAsync(_budget)).Outcome == ReserveOutcome.Unverifiable, "the fault shows");
        Node.Settle(Settlement(before, 1, 7));
        heal();

        await UntilGrantedAsync();
        await Patience.UntilAsync(async () => (await Node.BalanceAsync(_budget)).Spent.Value == 7, "what was spent meanwhile is counted");
    }

    private async Task<ReserveResult> ReserveAsync(AppliedBudget budget) =>
        await Node.Store.ReserveAsync(Reservation(budget.Slot, 10, [budget]), CancellationToken.None).AsTask().WaitAsync(Patience.Limit);

    private Task UntilGrantedAsync() => Patience.UntilAsync(
        async () => (Node.Gate.State.IsVerified || await TryVerifyAsync(Node, _epoch)) && (await ReserveAsync(_budget)).IsGranted, "a call is granted again");
}
