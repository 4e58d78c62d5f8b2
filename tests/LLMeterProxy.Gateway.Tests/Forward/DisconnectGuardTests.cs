using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway.Forward;

namespace LLMeterProxy.Gateway.Tests.Forward;

/// <summary>What the client's leaving does to the upstream call.</summary>
public sealed class DisconnectGuardTests
{
    private static readonly GatewaySettings _patient = new() { DrainLimit = TimeSpan.FromHours(1), FinishDrainLimit = TimeSpan.FromHours(1) };
    private static readonly GatewaySettings _impatient = new() { DrainLimit = TimeSpan.FromMilliseconds(1), FinishDrainLimit = TimeSpan.FromMilliseconds(1) };

    [Fact]
    public void Nothing_happens_while_the_client_is_there()
    {
        using var client = new CancellationTokenSource();
        using var guard = Guard(_patient, DisconnectPolicy.Cancel, finished: false, client.Token);
        Assert.False(guard.ClientGone);
        Assert.False(guard.Upstream.IsCancellationRequested);
    }

    [Theory]
    [InlineData(DisconnectPolicy.Cancel, false, true, false)]
    [InlineData(DisconnectPolicy.Drain, false, false, false)]
    [InlineData(DisconnectPolicy.Cancel, true, false, true)]
    [InlineData(DisconnectPolicy.Drain, true, false, true)]
    public void The_policy_decides_and_past_the_finish_reason_it_always_drains(DisconnectPolicy policy, bool finished, bool cancelled, bool completed)
    {
        using var client = new CancellationTokenSource();
        using var guard = Guard(_patient, policy, finished, client.Token);
        client.Cancel();
        Assert.True(guard.ClientGone);
        Assert.Equal(cancelled, guard.Upstream.IsCancellationRequested);
        Assert.Equal(completed, guard.FinishedBeforeGone);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_drain_has_an_end(bool finished)
    {
        using var client = new CancellationTokenSource();
        using var guard = Guard(_impatient, DisconnectPolicy.Drain, finished, client.Token);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = guard.Upstream.Register(ended.SetResult);
        await client.CancelAsync();
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_client_that_leaves_after_the_call_changes_nothing()
    {
        using var client = new CancellationTokenSource();
        var guard = Guard(_patient, DisconnectPolicy.Cancel, finished: false, client.Token);
        guard.Dispose();
        client.Cancel();
        Assert.False(guard.ClientGone);
    }

    private static DisconnectGuard Guard(GatewaySettings settings, DisconnectPolicy policy, bool finished, CancellationToken client) =>
        new(settings, () => policy, () => finished, client);
}
