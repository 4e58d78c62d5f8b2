using System.Diagnostics.Metrics;
using LLMeterProxy.Storage.Budgets.Redis;
using StackExchange.Redis;

namespace LLMeterProxy.Features;

/// <summary>The instruments of caps on Redis.</summary>
internal sealed class RedisMetrics : IDisposable
{
    public const string RoundTrip = "llmeter_redis_round_trip";

    private readonly Meter _meter;
    private readonly BudgetScriptClient _scripts;
    private readonly BudgetEpoch _epoch;
    private readonly TimeProvider _time;
    private readonly Histogram<double> _roundTrip;
    private long _doubtedAt;

    public RedisMetrics(
        IMeterFactory meters, RedisBudgetStore store, BudgetScriptClient scripts, BudgetEpoch epoch, IConnectionMultiplexer redis, TimeProvider time)
    {
        (_scripts, _epoch, _time) = (scripts, epoch, time);
        _doubtedAt = time.GetTimestamp();
        _meter = meters.Create(StorageMetrics.MeterName);
        _meter.CreateObservableGauge("llmeter_redis_up", () => redis.IsConnected ? 1 : 0, description: "1 while Redis is connected.");
        _meter.CreateObservableGauge("llmeter_redis_breaker_open", () => scripts.IsBroken ? 1 : 0, description: "1 while Redis is not asked, because it failed.");
        _meter.CreateObservableGauge("llmeter_redis_unverified", Unverified, "s", "How long nothing has been admitted against caps, because Redis is not verified; 0 while it is.");
        _meter.CreateObservableGauge("llmeter_redis_queue_depth", () => store.QueueDepth, description: "Settlements and releases that wait to be sent to Redis.");
        _meter.CreateObservableGauge("llmeter_redis_holds", () => store.HoldCount, description: "Holds of this node.");
        _roundTrip = _meter.CreateHistogram<double>(RoundTrip, "s", "From sending an operation to Redis to its answer.");
        epoch.Doubted += OnDoubt;
        scripts.Answered += OnAnswer;
    }

    public void Dispose()
    {
        _epoch.Doubted -= OnDoubt;
        _scripts.Answered -= OnAnswer;
        _meter.Dispose();
    }

    private double Unverified() => _epoch.State.IsVerified ? 0 : _time.GetElapsedTime(Interlocked.Read(ref _doubtedAt)).TotalSeconds;

    private void OnDoubt(EpochDoubt doubt, string detail) => Interlocked.Exchange(ref _doubtedAt, _time.GetTimestamp());

    private void OnAnswer(TimeSpan elapsed) => _roundTrip.Record(elapsed.TotalSeconds);
}
