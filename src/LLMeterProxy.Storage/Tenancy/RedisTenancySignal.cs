using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace LLMeterProxy.Storage.Tenancy;

/// <summary>The signal over Redis pub/sub. Redis may be away: then there is none until it is back, without a restart.</summary>
public sealed class RedisTenancySignal : ITenancySignal, IDisposable
{
    private static readonly RedisChannel _channel = RedisChannel.Literal("llmeter:tenancy");

    private readonly ISubscriber _subscriber;
    private readonly ILogger<RedisTenancySignal> _logger;

    /// <param name="redis">Stays its owner's.</param>
    public RedisTenancySignal(IConnectionMultiplexer redis, ILogger<RedisTenancySignal> logger)
    {
        (_subscriber, _logger) = (redis.GetSubscriber(), logger);
        Try(() => _subscriber.Subscribe(_channel, OnMessage, CommandFlags.FireAndForget));
    }

    /// <inheritdoc/>
    public event Action<long>? Received;

    /// <inheritdoc/>
    public void Send(long revision) => Try(() => _subscriber.Publish(_channel, revision, CommandFlags.FireAndForget));

    public void Dispose() => Try(() => _subscriber.Unsubscribe(_channel, OnMessage, CommandFlags.FireAndForget));

    private void OnMessage(RedisChannel channel, RedisValue message)
    {
        if (message.TryParse(out long revision))
        {
            Received?.Invoke(revision);
        }
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (RedisException exception)
        {
            TenancyLog.SignalFailed(_logger, exception);
        }
        catch (ObjectDisposedException exception)
        {
            TenancyLog.SignalFailed(_logger, exception);
        }
    }
}
