using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.LoadTests.Accounts;

/// <summary>What happened, in figures: no judgement.</summary>
internal static class RunTable
{
    public static void Write(Books run, IReadOnlyList<double> startupsMs)
    {
        var orphans = run.Ledger.Rows.Where(r => r.Record.Reason is "crash" or "orphaned").ToList();
        Console.WriteLine();
        Console.WriteLine("kill  node     at                     in flight  orphans charged  start before it");
        var since = DateTimeOffset.MinValue;
        foreach (var kill in run.Kills)
        {
            var charged = orphans.Count(o => o.Record.AttemptId.OccurredAt > since && o.Record.AttemptId.OccurredAt <= kill.To);
            Console.WriteLine($"{kill.Number,4}  {kill.Node,-7}  {kill,-21}  {run.Calls.Count(kill.Hit),9}  {charged,15}  {(kill.StartupMs is { } ms ? $"{ms:F0} ms" : "-"),15}");
            since = kill.To;
        }

        var startups = startupsMs.Order().ToList();
        var billed = run.Bills.Where(b => b.Marker is not null).ToDictionary(b => b.Sequence, b => b.NanoUsd ?? 0);
        Console.WriteLine();
        Console.WriteLine($"calls       {run.Calls.Count}, of which {run.Calls.Count(c => c.CompleteAt is not null)} complete, {run.Calls.Count(c => c.IsUnverified)} refused because the cap could not be asked for, {run.Calls.Count(c => c.Left)} with a client that leaves, {run.Calls.Count(c => c.Scripted)} with a provider that fails");
        Console.WriteLine($"statuses    {string.Join(", ", run.Calls.GroupBy(c => c.Status).OrderBy(g => g.Key).Select(g => $"{(g.Key == 0 ? "none" : g.Key)}: {g.Count()}"))}");
        Console.WriteLine($"dispatches  {run.Bills.Count}, of which {run.Bills.Count(b => b.Marker is null)} were cut before the provider had read them; billed {billed.Values.Sum() / 1e9m:F9} USD");
        Console.WriteLine($"records     {run.Ledger.Rows.Count}: {string.Join(", ", Enum.GetValues<UsageSource>().Select(s => $"{run.Ledger.Rows.Count(r => r.Record.Source == s)} {s.ToString().ToLowerInvariant()}"))}; {orphans.Count} charged after a crash");
        Console.WriteLine($"start       {startups[0]:F0} ms at best, {startups[startups.Count / 2]:F0} ms median, {startups[^1]:F0} ms at worst, program start and recovery together");
        Console.WriteLine($"strict caps {run.Caps.Samples} samples, the tight one up to {run.Caps.Fullest:P1} taken");
        Console.WriteLine();
    }
}
