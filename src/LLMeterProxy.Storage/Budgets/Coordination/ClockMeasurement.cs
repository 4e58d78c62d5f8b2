using LLMeterProxy.Storage.Budgets.Redis;
using Microsoft.Extensions.Logging;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>Measures this node's clock against the store's, half the way of the answer taken off.</summary>
public sealed class ClockMeasurement(BudgetScriptClient scripts, StoreClock clock, ILogger<ClockMeasurement> log)
{
    /// <summary>Completes soon, whatever comes of it.</summary>
    public async Task MeasureAsync()
    {
        var sent = clock.GetUtcNow();
        var (_, beats) = await scripts.BeatAsync("");
        if (beats is not null)
        {
            Take(beats, sent);
        }
    }

    /// <param name="sent">By the clock, when the heartbeat was sent.</param>
    public void Take(NodeBeats beats, DateTimeOffset sent)
    {
        // The answer was made at some instant of the round trip: a difference that this explains is none.
        var roundTrip = clock.GetUtcNow() - sent;
        if (clock.Correct(beats.Now - (sent + (roundTrip / 2)), roundTrip.Duration()))
        {
            CoordinationLog.ClockOff(log, (long)clock.Offset.TotalMilliseconds);
        }
    }
}
