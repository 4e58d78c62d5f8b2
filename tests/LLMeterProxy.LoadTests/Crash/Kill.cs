namespace LLMeterProxy.LoadTests.Crash;

/// <summary>One kill -9.</summary>
/// <param name="Number">From 1; the number of the run that it ended.</param>
/// <param name="AfterMs">Milliseconds after the node was ready, or after it was started.</param>
/// <param name="WhileStarting">It hit the recovery of the kill before it, not the load.</param>
/// <param name="From">Just before the signal was sent.</param>
/// <param name="To">When the process was gone.</param>
/// <param name="StartupMs">How long the run that it ended had taken to be ready; null where it never was.</param>
internal sealed record Kill(int Number, int AfterMs, bool WhileStarting, DateTimeOffset From, DateTimeOffset To, double? StartupMs)
{
    /// <summary>Whether the kill can have cut the call: it was not over, as far as its client could tell.</summary>
    public bool Hit(ObservedCall call) => call.StartedAt <= To && call.EndedAt >= From;
}
