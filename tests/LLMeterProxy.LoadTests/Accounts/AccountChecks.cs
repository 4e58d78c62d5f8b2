using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Simulator.Billing;

namespace LLMeterProxy.LoadTests.Accounts;

/// <summary>Holds four accounts of the same calls against each other: the clients', the provider's bill, the ledger's rows, the live counters.</summary>
internal sealed class AccountChecks(Books run)
{
    private readonly ILookup<string, ChargedAttempt> _records = run.Ledger.Attempts.Where(a => a.CallId is not null).ToLookup(a => a.CallId!);

    private readonly ILookup<string, BillEntry> _dispatches = run.Bills.Where(b => b.Marker is not null).ToLookup(b => b.Marker!);

    private readonly Dictionary<string, ObservedCall> _calls = run.Calls.ToDictionary(c => c.Id);

    public IReadOnlyList<Check> All() =>
    [
        EveryDispatchHasOneRecord(),
        NothingElseIsCharged(),
        WhatAClientSawCompleteWasCommitted(),
        ReportedCostsAreTheBill(),
        LeftClientsAreBilledInFull(),
        NoBilledCallIsFree(),
        CrashedCallsAreChargedAtTheirHold(),
        CorrectionsLeadToTheRecord(),
        ChainsAreWhole(),
        RowsAreTheirPayload(),
        CountersAreTheLedger(),
        RollupsAreTheLedger(),
        RebuildChangesNothing(),
        NothingIsHeld(),
        new("strict caps were never passed", run.Caps.Violations, $"{run.Caps.Samples} samples"),
        new("no answer was a surprise", [.. run.Calls.Where(c => c.Surprise is not null).Select(c => $"{c}: {c.Surprise}")], $"{run.Calls.Count} calls"),
        TheLedgerTookEverything(),
    ];

    private Check EveryDispatchHasOneRecord()
    {
        var violations = new List<string>();
        foreach (var dispatches in _dispatches)
        {
            var records = _records[dispatches.Key].ToList();
            if (records.Count != dispatches.Count())
            {
                violations.Add($"{_calls[dispatches.Key]}: {dispatches.Count()} dispatches, {records.Count} records, status {_calls[dispatches.Key].Status}");
            }
        }

        return new("every dispatch has exactly one record (I1)", violations, $"{_dispatches.Count} dispatches");
    }

    /// <summary>An intent may be journalled and its call die before it left: only where a kill or its own client cut it.</summary>
    private Check NothingElseIsCharged()
    {
        var violations = new List<string>();
        var undispatched = 0;
        foreach (var records in _records)
        {
            var call = _calls[records.Key];
            if (records.Count() > 1 && !_dispatches.Contains(records.Key))
            {
                violations.Add($"{call}: {records.Count()} records, no dispatch");
            }

            if (_dispatches.Contains(records.Key))
            {
                continue;
            }

            undispatched++;
            var wasKilled = records.First().IsOrphan && run.Kills.Any(k => k.Hit(call));
            if (!wasKilled && !call.Left)
            {
                violations.Add($"{call}: {records.First().Record.Source}, {records.First().Record.Reason}, but it never left");
            }
        }

        var strangers = run.Ledger.Rows.Where(r => r.CallId is null && r.Record.Corrects is null).Select(r => $"{r.Record.AttemptId} is no call of ours");
        return new("nothing else is charged but calls cut before they left", [.. violations, .. strangers], $"{undispatched} such");
    }

    private Check WhatAClientSawCompleteWasCommitted()
    {
        var violations = new List<string>();
        var complete = run.Calls.Where(c => c.CompleteAt is not null).ToList();
        foreach (var call in complete)
        {
            var records = _records[call.Id].ToList();
            if (records is not [{ Record: var record, Cost: var cost }])
            {
                violations.Add($"{call}: {records.Count} records of a complete call");
                continue;
            }

            var committedAt = record.Timings.StartedAt + TimeSpan.FromMicroseconds(record.Timings.CompletedMicros);
            if (record.Reason is "crash" or "orphaned" || (!call.Scripted && (record.Source != UsageSource.Reported || record.Reason is not null)))
            {
                violations.Add($"{call}: {record.Source} for {record.Reason}");
            }
            else if (record.AttemptId.Parent.ToString() != call.RequestId)
            {
                violations.Add($"{call}: recorded as {record.AttemptId.Parent}, answered as {call.RequestId}");
            }
            else if (committedAt > call.CompleteAt + run.ClockTolerance)
            {
                violations.Add($"{call}: committed {committedAt - call.CompleteAt} after its end was seen");
            }
            else if (record.Source == UsageSource.Reported && _dispatches[call.Id].SingleOrDefault()?.NanoUsd != cost?.Value)
            {
                violations.Add($"{call}: cost {cost}, bill {_dispatches[call.Id].SingleOrDefault()?.NanoUsd} nano-USD");
            }
        }

        return new("what a client saw complete was committed, at the bill (I2)", violations, $"{complete.Count} complete calls");
    }

    private Check ReportedCostsAreTheBill()
    {
        var reported = _records.SelectMany(r => r).Where(r => r.Record.Source == UsageSource.Reported).ToList();
        return new(
            "every reported cost is the provider's bill to the nano-USD",
            [.. reported.Where(r => _dispatches[r.CallId!].FirstOrDefault()?.NanoUsd != r.Cost?.Value)
                .Select(r => $"{_calls[r.CallId!]}: cost {r.Cost?.Value}, bill {_dispatches[r.CallId!].FirstOrDefault()?.NanoUsd}")],
            $"{reported.Count} records");
    }

    private Check LeftClientsAreBilledInFull()
    {
        var left = run.Calls.Where(c => c is { Left: true, Scripted: false, Shape.Stream: false } && _dispatches[c.Id].Any())
            .Select(c => (Call: c, Record: _records[c.Id].FirstOrDefault()?.Record))
            .Where(p => p.Record is not null && p.Record.Reason is not ("crash" or "orphaned")).ToList();
        return new(
            "unstreamed calls are billed in full when their client leaves (A34)",
            [.. left.Where(p => p.Record!.Source != UsageSource.Reported).Select(p => $"{p.Call}: {p.Record!.Source} for {p.Record.Reason}")],
            $"{left.Count} calls");
    }

    private Check NoBilledCallIsFree()
    {
        var billed = run.Bills.Where(b => b is { Marker: not null, NanoUsd: > 0 }).ToList();
        return new(
            "no call that the provider bills is recorded at nothing (A32, A35, A36)",
            [.. billed.Where(b => _records[b.Marker!].Any(r => r.Cost is not { Value: > 0 })).Select(b => $"{_calls[b.Marker!]}: bill {b.NanoUsd}")],
            $"{billed.Count} billed calls");
    }

    private Check CrashedCallsAreChargedAtTheirHold()
    {
        var crashed = _records.SelectMany(r => r).Where(r => r.IsOrphan).ToList();
        var strict = crashed.Where(r => Tenants.Strict.Contains(r.Record.Tenant)).ToList();
        return new(
            "calls that a kill cut are charged, strict ones at their hold (A27)",
            [.. crashed.Where(r => r.Cost is not { Value: > 0 }).Select(r => $"{_calls[r.CallId!]}: cost {r.Cost}"),
                .. strict.Where(r => r.Cost != r.Record.Hold).Select(r => $"{_calls[r.CallId!]}: cost {r.Cost}, hold {r.Record.Hold}"),
                .. crashed.Where(r => !MayHaveBeenCut(_calls[r.CallId!])).Select(r => $"{_calls[r.CallId!]}: no kill hit it")],
            $"{crashed.Count} calls, {strict.Count} strict");
    }

    private Check CorrectionsLeadToTheRecord()
    {
        var corrected = run.Ledger.Attempts.Where(a => a.IsCorrected).ToList();
        return new(
            "an estimate whose record came after all costs what the record says",
            [.. corrected.Where(a => a.Cost != a.Record.Cost).Select(a => $"{a.Record.AttemptId}: counted {a.Cost}, record {a.Record.Cost}")],
            $"{corrected.Count} such");
    }

    /// <summary>
    /// A call is still under way in the proxy after its client's end where the client left, or where a broken answer was cut off
    /// before its record was made: only the end of a complete answer waits for the record.
    /// </summary>
    private bool MayHaveBeenCut(ObservedCall call) =>
        call.Left || (call.Scripted && call.CompleteAt is null) || run.Kills.Any(k => k.Hit(call));

    private Check ChainsAreWhole()
    {
        var violations = new List<string>();
        var chains = run.Ledger.Rows.Concat(run.Ledger.Displaced).GroupBy(r => (r.Record.Tenant, r.Record.Incarnation)).ToList();
        foreach (var chain in chains)
        {
            var expected = 1L;
            var hash = new string('0', 64);
            foreach (var row in chain.OrderBy(r => r.Record.ChainSeq))
            {
                if (row.Record.ChainSeq != expected || row.Record.PrevHash != hash)
                {
                    violations.Add($"{chain.Key}: link {row.Record.ChainSeq} stands where {expected} belongs, or names another hash");
                    break;
                }

                expected++;
                hash = row.Hash;
            }

            if (run.Ledger.Heads.GetValueOrDefault(chain.Key) is var head && (head.Seq != expected - 1 || head.Hash != hash))
            {
                violations.Add($"{chain.Key}: head {head.Seq}, last link {expected - 1}");
            }
        }

        return new("chains have no gap and every link its hash", violations, $"{chains.Count} chains, {chains.Sum(c => c.Count())} links");
    }

    private Check RowsAreTheirPayload() => new(
        "columns say what the payload says, and ids are unique (I9)",
        [.. run.Ledger.Rows.Where(r => !r.ColumnsAgree).Select(r => $"{r.Record.AttemptId}"),
            .. run.Ledger.Rows.GroupBy(r => r.Record.AttemptId).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {g.Count()} rows")],
        $"{run.Ledger.Rows.Count} rows");

    private Check CountersAreTheLedger()
    {
        var sums = new Dictionary<string, long>();
        foreach (var row in run.Ledger.Rows)
        {
            foreach (var key in row.Record.Budgets)
            {
                sums[key.BudgetId] = sums.GetValueOrDefault(key.BudgetId) + (row.Record.Cost?.Value ?? 0);
            }
        }

        return new(
            "live counters = sums of records = stored spend (I3)",
            [.. run.AtRest.Budgets.Where(b => b.Spent.Value != sums.GetValueOrDefault(b.Id) || b.Spent.Value != run.Ledger.SpendByBudget.GetValueOrDefault(b.Id))
                .Select(b => $"{b.Name} ({b.Id}): counter {b.Spent.Value}, records {sums.GetValueOrDefault(b.Id)}, stored {run.Ledger.SpendByBudget.GetValueOrDefault(b.Id)}")],
            $"{run.AtRest.Budgets.Count} budgets, {new NanoUsd(run.AtRest.Budgets.Single(b => b.Name == Tenants.GlobalBudget).Spent.Value)} over all");
    }

    private Check RollupsAreTheLedger()
    {
        var violations = new List<string>();
        foreach (var tenant in Tenants.All)
        {
            var rows = run.Ledger.Rows.Where(r => r.Record.Tenant == tenant).ToList();
            var cost = rows.Sum(r => r.Record.Cost?.Value ?? 0);
            var requests = rows.Count(r => r.Record is { Channel: not UsageChannel.Adjustment, Source: not UsageSource.Free });
            var stated = run.Rebuilt.RollupNanoUsd.GetValueOrDefault(tenant);
            var counted = run.Rebuilt.RollupRequests.GetValueOrDefault(tenant);
            if (stated != cost || counted != requests || run.Ledger.TagRollupByTenant.GetValueOrDefault(tenant) != cost)
            {
                violations.Add($"{tenant}: usage API {stated} in {counted} requests, records {cost} in {requests}, tags {run.Ledger.TagRollupByTenant.GetValueOrDefault(tenant)}");
            }
        }

        return new("usage API = sums of records, by tenant and by tag (I3)", violations, $"{Tenants.All.Count} tenants");
    }

    private Check RebuildChangesNothing() => new(
        "counters rebuilt from the ledger are the live ones before it (I14)",
        [.. run.AtRest.Budgets.Zip(run.Rebuilt.Budgets).Where(p => p.First != p.Second).Select(p => $"{p.First} became {p.Second}")],
        $"{run.Rebuilt.Budgets.Count} budgets");

    private Check NothingIsHeld() => new(
        "nothing is held at rest (I4)",
        [.. run.AtRest.Budgets.Concat(run.Rebuilt.Budgets).Where(b => b.Held != NanoUsd.Zero).Select(b => $"{b.Name}: {b.Held}")],
        $"{run.AtRest.Budgets.Count} budgets");

    private Check TheLedgerTookEverything()
    {
        // Conflict, unreadable entry: event ids of the product's log.
        string[] alarms = ["[2101]", "[2103]"];
        var lines = run.ProductLog.Split('\n').Where(l => Array.Exists(alarms, a => l.Contains(a, StringComparison.Ordinal))).ToList();
        return new(
            "the ledger met no conflict and set no entry aside",
            run.Ledger.Unreadable == 0 ? lines : [.. lines, $"{run.Ledger.Unreadable} unreadable entries"],
            $"{run.ProductLog.Split('\n').Count(l => l.StartsWith("fail:", StringComparison.Ordinal) || l.StartsWith("crit:", StringComparison.Ordinal))} errors logged");
    }
}
