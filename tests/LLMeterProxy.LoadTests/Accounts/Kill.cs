namespace LLMeterProxy.LoadTests.Accounts;

/// <summary>One kill -9.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Node">Whose process it was.</param>
/// <param name="From">Just before the signal was sent.</param>
/// <param name="To">When the process was gone.</param>
/// <param name="StartupMs">How long the run that it ended had taken to be ready; null where it never was.</param>
internal sealed record Kill(int Number, string Node, KillAim Aim, int AfterMs, DateTimeOffset From, DateTimeOffset To, double? StartupMs)
{
    /// <summary>Whether the kill can have cut the call: it went to that node and was not over, as far as its client could tell.</summary>
    public bool Hit(ObservedCall call) => call.Node == Node && call.StartedAt <= To && call.EndedAt >= From;

    public override string ToString() => $"{AfterMs} ms after {Aim.ToString().ToLowerInvariant()}";
}
