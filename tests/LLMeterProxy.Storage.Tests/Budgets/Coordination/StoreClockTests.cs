using LLMeterProxy.Storage.Budgets.Coordination;
using Microsoft.Extensions.Time.Testing;

namespace LLMeterProxy.Storage.Tests.Budgets.Coordination;

public sealed class StoreClockTests
{
    private static readonly DateTimeOffset _noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    [Trait("Acceptance", "T113")]
    public void Replicas_minutes_apart_agree_once_each_has_measured_the_store()
    {
        var early = new StoreClock(new FakeTimeProvider(_noon - TimeSpan.FromMinutes(5)));
        var late = new StoreClock(new FakeTimeProvider(_noon + TimeSpan.FromMinutes(5)));

        Assert.True(early.Correct(_noon - early.GetUtcNow()));
        Assert.True(late.Correct(_noon - late.GetUtcNow()));

        Assert.Equal(_noon, early.GetUtcNow());
        Assert.Equal(_noon, late.GetUtcNow());
    }

    [Fact]
    public void What_the_network_alone_explains_moves_nothing()
    {
        var clock = new StoreClock(new FakeTimeProvider(_noon));

        Assert.False(clock.Correct(TimeSpan.FromMilliseconds(50)));
        Assert.Equal(_noon, clock.GetUtcNow());
    }

    [Fact]
    public void Measured_times_stay_the_machines_own()
    {
        var machine = new FakeTimeProvider(_noon);
        var clock = new StoreClock(machine);
        var before = clock.GetTimestamp();

        clock.Correct(TimeSpan.FromHours(1));

        Assert.Equal(TimeSpan.Zero, clock.GetElapsedTime(before));
    }
}
