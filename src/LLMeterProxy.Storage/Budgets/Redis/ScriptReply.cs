using System.Globalization;
using StackExchange.Redis;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>The flat answer of a script, or why there is none.</summary>
/// <param name="Values">As the script states them, the status first; empty where it did not answer.</param>
/// <param name="Detail">For the log, where the script did not answer.</param>
internal readonly record struct ScriptReply(ScriptStatus Status, RedisResult[] Values, string? Detail = null)
{
    public bool IsOk => Status == ScriptStatus.Ok;

    /// <summary>The slot's operation number; the epoch instead where the status is <see cref="ScriptStatus.Epoch"/>.</summary>
    public long Operation => Values.Length > 1 ? Number(1) : 0;

    public static ScriptReply Failure(ScriptStatus status, string detail) => new(status, [], detail);

    public string Text(int index) => (string?)Values[index] ?? "";

    public long Number(int index) => Values[index].Resp2Type == ResultType.Integer
        ? (long)Values[index]
        : long.Parse(Text(index), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    public bool IsSet(int index) => Number(index) != 0;
}
