using LLMeterProxy.Storage.Budgets.Coordination;
using LLMeterProxy.Storage.Budgets.Redis;
using Microsoft.Extensions.Time.Testing;

namespace LLMeterProxy.Storage.Tests.Budgets.Coordination;

public sealed class LivenessTests
{
    private static readonly DateTimeOffset _noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(_noon);

    [Theory]
    [InlineData(0, false)]
    [InlineData(20, false)]
    [InlineData(21, true)]
    public void A_node_is_dead_after_20_seconds_of_silence_by_the_stores_clock(int seconds, bool dead)
    {
        var beats = Beats(("a-1", _noon - TimeSpan.FromSeconds(seconds)));

        Assert.Equal(dead, new Liveness(_time).IsDead("a-1", beats));
    }

    [Fact]
    public void A_node_whose_heartbeats_were_lost_has_20_seconds_to_be_heard_of()
    {
        var liveness = new Liveness(_time);
        Assert.False(liveness.IsDead("a-1", Beats()));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.False(liveness.IsDead("a-1", Beats()));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(liveness.IsDead("a-1", Beats()));
    }

    [Fact]
    public void A_heartbeat_in_between_starts_the_wait_anew()
    {
        var liveness = new Liveness(_time);
        liveness.IsDead("a-1", Beats());
        _time.Advance(TimeSpan.FromSeconds(15));
        liveness.IsDead("a-1", Beats(("a-1", _noon)));
        _time.Advance(TimeSpan.FromSeconds(15));

        Assert.False(liveness.IsDead("a-1", Beats()));
    }

    // The wall clock of a node may jump; what is measured here must not.
    [Fact]
    [Trait("Acceptance", "T113")]
    public void A_jump_of_this_nodes_clock_kills_nobody()
    {
        var wall = new StoreClock(_time);
        var liveness = new Liveness(wall);
        liveness.IsDead("a-1", Beats());
        wall.Correct(TimeSpan.FromDays(1));

        Assert.False(liveness.IsDead("a-1", Beats()));
    }

    private static NodeBeats Beats(params (string Incarnation, DateTimeOffset At)[] latest) =>
        new(_noon, latest.ToDictionary(l => l.Incarnation, l => l.At, StringComparer.Ordinal));
}
