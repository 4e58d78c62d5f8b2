namespace LLMeterProxy.LoadTests.PowerLoss;

/// <summary>
/// Says of each call of a trace whether its record was on the disk before its terminal bytes left. The record is made after the
/// provider's last bytes were read, and the journal's thread syncs only where a record waits: so an fdatasync of a segment that
/// began after that read, and returned before the terminal bytes were written, is the one that the call waited for.
/// </summary>
internal sealed class SyncOrder(IReadOnlyList<SystemCall> trace, int gatewayPort, int simulatorPort)
{
    private static readonly string[] _reads = ["read", "recvfrom", "recvmsg"];
    private static readonly string[] _writes = ["sendto", "sendmsg", "write", "writev"];

    /// <returns>Null where the order is right; else what is wrong. The calls were made one after the other.</returns>
    public IEnumerable<string?> Judge(IEnumerable<TracedCall> calls)
    {
        var after = 0;
        foreach (var call in calls)
        {
            var read = trace.FirstOrDefault(c => c.Begin > after && _reads.Contains(c.Name) && IsUpstream(c) && Holds(c, call.UpstreamEnd));
            var write = read is null ? null : trace.FirstOrDefault(c => c.Begin > read.End && _writes.Contains(c.Name) && IsClient(c) && Holds(c, call.ClientEnd));
            if (read is null || write is null)
            {
                yield return $"{call.Name}: the trace does not show {(read is null ? "its last bytes from the provider" : "its terminal bytes")}";
                continue;
            }

            after = write.End;
            var synced = trace.Any(c => c.Name == "fdatasync" && c.Begin > read.End && c.End < write.Begin
                && c.Text.Contains(".seg>", StringComparison.Ordinal) && c.Text.EndsWith(" = 0", StringComparison.Ordinal));
            yield return synced ? null : $"{call.Name}: no fdatasync between line {read.End} and line {write.Begin} of the trace";
        }
    }

    private static bool Holds(SystemCall call, string text) => call.Text.Contains(text, StringComparison.Ordinal);

    private bool IsUpstream(SystemCall call) => call.Text.Contains($":{simulatorPort}]>", StringComparison.Ordinal);

    private bool IsClient(SystemCall call) => call.Text.Contains($":{gatewayPort}->", StringComparison.Ordinal);
}
