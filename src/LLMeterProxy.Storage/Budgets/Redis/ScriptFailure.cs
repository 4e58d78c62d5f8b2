using StackExchange.Redis;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>Sorts what the client throws by what it says about the script and the server.</summary>
internal static class ScriptFailure
{
    // Errors that concern the server and not the key: OOM under noeviction, a dump that fails, loading, a cluster with a hole.
    private static readonly string[] _unable = ["OOM", "MISCONF", "LOADING", "BUSY", "NOREPLICAS", "CLUSTERDOWN", "TRYAGAIN", "NOAUTH", "NOPERM", "WRONGPASS", "ERR max number"];
    private static readonly string[] _moved = ["READONLY", "MASTERDOWN", "UNKILLABLE", "MOVED", "ASK"];

    public static ScriptReply Of(Exception exception) => ScriptReply.Failure(StatusOf(exception), exception.Message);

    private static ScriptStatus StatusOf(Exception exception) => exception switch
    {
        RedisServerException { Message: var message } => StatusOf(message),
        TimeoutException => ScriptStatus.TimedOut, // RedisTimeoutException among them
        RedisConnectionException or ObjectDisposedException => ScriptStatus.Disconnected,
        RedisCommandException => ScriptStatus.ReadOnly, // The client knows no primary for the command.
        Polly.CircuitBreaker.BrokenCircuitException => ScriptStatus.Broken,
        _ => ScriptStatus.Failed,
    };

    private static ScriptStatus StatusOf(string message) =>
        message.StartsWith("NOSCRIPT", StringComparison.Ordinal) ? ScriptStatus.NoScript
        : StartsWithAny(message, _moved) ? ScriptStatus.ReadOnly
        : StartsWithAny(message, _unable) ? ScriptStatus.Unable
        : ScriptStatus.Failed;

    private static bool StartsWithAny(string message, string[] prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (message.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
