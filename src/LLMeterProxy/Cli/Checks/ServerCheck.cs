namespace LLMeterProxy.Cli.Checks;

/// <summary>Does the server answer, is it ready, does it take the token, and do the clocks agree.</summary>
internal sealed class ServerCheck(AdminClient client, TimeProvider time) : ICheck
{
    private static readonly TimeSpan _tolerance = TimeSpan.FromSeconds(5);

    public string Name => "server";

    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellationToken)
    {
        var (health, clock) = await client.ReadReadinessAsync(cancellationToken);
        var results = new List<CheckResult>
        {
            health.Reason is null && health.Status == "ready"
                ? new(Verdict.Good, "ready")
                : new(Verdict.Failed, $"not ready: {health.Reason ?? health.Status}"),
        };
        if (clock is { } serverTime)
        {
            var apart = (time.GetUtcNow() - serverTime).Duration();
            results.Add(apart <= _tolerance
                ? new(Verdict.Good, "its clock agrees with this one")
                : new(Verdict.Warning, $"its clock and this one are {apart.TotalSeconds:0} s apart; windows are drawn by the server's"));
        }

        var tenants = await client.ListTenantsAsync(cancellationToken);
        results.Add(new(Verdict.Good, $"takes the admin token; {tenants.Count} tenants"));
        return results;
    }
}
