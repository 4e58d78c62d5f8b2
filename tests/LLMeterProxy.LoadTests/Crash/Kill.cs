namespace LLMeterProxy.LoadTests.Crash;

/// <summary>What a kill's delay is counted from.</summary>
internal enum KillAim
{
    /// <summary>The node took calls: a process that is still cold.</summary>
    Ready,

    /// <summary>A client had its first answer of this run: calls in every stage.</summary>
    Answered,

    /// <summary>The process was started: its recovery from the kill before.</summary>
    Started,
}

/// <summary>One kill -9.</summary>
/// <param name="Number">From 1; the number of the run that it ended.</param>
/// <param name="From">Just before the signal was sent.</param>
/// <param name="To">When the process was gone.</param>
/// <param name="StartupMs">How long the run that it ended had taken to be ready; null where it never was.</param>
internal sealed record Kill(int Number, KillAim Aim, int AfterMs, DateTimeOffset From, DateTimeOffset To, double? StartupMs)
{
    /// <summary>Whether the kill can have cut the call: it was not over, as far as its client could tell.</summary>
    public bool Hit(ObservedCall call) => call.StartedAt <= To && call.EndedAt >= From;

    public override string ToString() => $"{AfterMs} ms after {Aim.ToString().ToLowerInvariant()}";
}
