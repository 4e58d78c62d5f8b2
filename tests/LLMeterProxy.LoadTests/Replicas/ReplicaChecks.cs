using LLMeterProxy.LoadTests.Accounts;

namespace LLMeterProxy.LoadTests.Replicas;

/// <summary>What holds of several nodes beside what holds of one.</summary>
internal sealed class ReplicaChecks(ReplicaBooks run)
{
    public IReadOnlyList<Check> All() =>
    [
        .. new AccountChecks(run.Books).All(),
        RedisIsTheLedger(),
        EveryNodeSaysTheSame(),
        new("nothing is held in Redis at rest (I4)", run.Redis.Held, "every slot"),
        new(
            "every node that is told to stop ends in order (A28)",
            [.. run.ExitCodes.Select((code, i) => (code, i)).Where(c => c.code != 0).Select(c => $"node-{c.i + 1}: exit code {c.code}")],
            $"{run.ExitCodes.Count} nodes"),
    ];

    private Check RedisIsTheLedger()
    {
        var budgets = run.Books.AtRest.Budgets;
        return new(
            "Redis has for every budget what the ledger has, to the nano-USD (I3)",
            [.. budgets.Where(b => run.Redis.SpentByBudget.GetValueOrDefault(b.Id) != run.Books.Ledger.SpendByBudget.GetValueOrDefault(b.Id))
                .Select(b => $"{b.Name} ({b.Id}): Redis {run.Redis.SpentByBudget.GetValueOrDefault(b.Id)}, ledger {run.Books.Ledger.SpendByBudget.GetValueOrDefault(b.Id)}")],
            $"{budgets.Count} budgets");
    }

    private Check EveryNodeSaysTheSame() => new(
        "every node states the same figures",
        [.. run.OnEveryNode.Skip(1).SelectMany((node, i) => node.Budgets.Zip(run.OnEveryNode[0].Budgets)
            .Where(p => p.First != p.Second).Select(p => $"node-{i + 2}: {p.First}, node-1: {p.Second}"))],
        $"{run.OnEveryNode.Count} nodes");
}
