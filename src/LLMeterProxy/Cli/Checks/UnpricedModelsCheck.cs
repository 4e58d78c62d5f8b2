namespace LLMeterProxy.Cli.Checks;

/// <summary>Which models were used this month without a price: their cost is missing from every sum.</summary>
internal sealed class UnpricedModelsCheck(AdminClient client) : ICheck
{
    public string Name => "prices";

    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellationToken)
    {
        var rows = await client.QueryUsageAsync([new("groupBy", "provider,model")], cancellationToken);
        var unpriced = rows.Where(r => r.UnpricedRequests > 0)
            .Select(r => new CheckResult(Verdict.Warning, $"{r.Provider}/{r.Model} has no price: {r.UnpricedRequests} requests this month are not in the cost"))
            .ToList();
        return unpriced.Count > 0 ? unpriced : [new(Verdict.Good, "every model used this month has a price")];
    }
}
