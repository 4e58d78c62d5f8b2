using System.Globalization;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Storage.Journal;
using LLMeterProxy.TestKit.Postgres;
using NodaTime;

namespace LLMeterProxy.Benchmarks.Ledger;

/// <summary>
/// Loads a month of records into each engine, out of order, from three nodes, twice; checks that each was counted once, by tenant,
/// model and day of five zones; and says how long the answers take.
/// </summary>
internal sealed class ScaleRun(ScaleRecords records)
{
    private const int Batch = 1_000;
    private const int Timings = 5;

    private static readonly string[] _zones = ["UTC", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin", "America/New_York"];

    private int _violations;

    /// <param name="engine"><c>sqlite</c>, <c>postgres</c> or <c>both</c>.</param>
    /// <returns>0 where all sums are right.</returns>
    public static async Task<int> RunAsync(int count, string engine)
    {
        var run = new ScaleRun(new ScaleRecords(count));
        if (engine is "sqlite" or "both")
        {
            using var bench = BenchLedger.InFile();
            await run.MeasureAsync(bench);
        }

        if (engine is "postgres" or "both")
        {
            if (!PostgresServer.IsInstalled)
            {
                Console.WriteLine("PostgreSQL is not installed: left out.");
            }
            else
            {
                using var bench = BenchLedger.InPostgres();
                await run.MeasureAsync(bench);
            }
        }

        Console.WriteLine(run._violations == 0 ? "Every record was counted once." : $"{run._violations} sums are wrong.");
        return run._violations == 0 ? 0 : 1;
    }

    private async Task MeasureAsync(BenchLedger bench)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"## {bench.Name}, {records.Count:N0} records"));
        await LoadAsync(bench, "in disorder", step: 7_919, expectNew: true);
        await LoadAsync(bench, "once more", step: 104_729, expectNew: false);
        bench.Settle();
        await CheckAsync(bench);
        await TimeAsync(bench);
    }

    private async Task LoadAsync(BenchLedger bench, string name, int step, bool expectNew)
    {
        var (inserted, ignored) = (0, 0);
        var cpu = Environment.CpuUsage.TotalTime;
        var started = TimeProvider.System.GetTimestamp();
        var ledgers = bench.OfNodes(ScaleRecords.Nodes);
        await Task.WhenAll(Enumerable.Range(0, ScaleRecords.Nodes).Select(node => Task.Run(() =>
        {
            var (batches, mine) = (0, records.Count / ScaleRecords.Nodes + (node < records.Count % ScaleRecords.Nodes ? 1 : 0));
            for (var from = 0; from < mine; from += Batch)
            {
                // A journal's own records in its order; what it is out of order with is the rest of the month.
                var start = (int)((long)from / Batch * step % ((mine + Batch - 1) / Batch)) * Batch;
                var batch = new List<(ReadOnlyMemory<byte>, UsageRecord)>(Batch);
                for (var k = start; k < Math.Min(mine, start + Batch); k++)
                {
                    batch.Add(records.Make((k * ScaleRecords.Nodes) + node));
                }

                var result = ledgers[node].Append($"{name}-{node}", batch, new JournalPosition(1, ++batches));
                Interlocked.Add(ref inserted, result.Inserted);
                Interlocked.Add(ref ignored, result.Ignored);
            }
        })));
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        foreach (var ledger in ledgers.Where(l => l != bench.Ledger))
        {
            ledger.Dispose();
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {records.Count / seconds:N0} records/s, {(Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / records.Count:F1} µs CPU a record with making and encoding it; {inserted:N0} new, {ignored:N0} known"));
        Require(expectNew ? inserted == records.Count : inserted == 0 && ignored == records.Count, $"{name}: {inserted} new, {ignored} known");
    }

    private async Task CheckAsync(BenchLedger bench)
    {
        var sums = new Dictionary<(int Tenant, int Model, long Quarter), (long Requests, long Cost)>();
        var ofTenants = new long[ScaleRecords.Tenants];
        for (var i = 0; i < records.Count; i++)
        {
            var (tenant, model, quarter, cost) = records.Place(i);
            var sum = sums.GetValueOrDefault((tenant, model, quarter));
            sums[(tenant, model, quarter)] = (sum.Requests + 1, sum.Cost + cost);
            ofTenants[tenant] += cost;
        }

        foreach (var zone in _zones)
        {
            var local = DateTimeZoneProviders.Tzdb[zone];
            var expected = new Dictionary<string, (long Requests, long Cost)>(StringComparer.Ordinal);
            foreach (var ((tenant, model, quarter), (requests, cost)) in sums)
            {
                var day = Instant.FromUnixTimeSeconds(quarter * 900).InZone(local).Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
                var group = $"{ScaleRecords.Tenant(tenant)}|{ScaleRecords.Model(model)}|{day}";
                var sum = expected.GetValueOrDefault(group);
                expected[group] = (sum.Requests + requests, sum.Cost + cost);
            }

            var query = Query(null, zone, UsageGroup.Tenant, UsageGroup.Model, UsageGroup.Day);
            var rows = 0;
            do
            {
                var page = await bench.Ledger.QueryUsageAsync(query, default);
                foreach (var row in page.Rows)
                {
                    rows++;
                    Require(
                        expected.TryGetValue(string.Join('|', row.Group), out var sum) && sum == (row.Requests, row.Cost.Value),
                        $"{zone}: {string.Join(' ', row.Group)} has {row.Requests} requests and {row.Cost.Value} nano-USD");
                }

                query = query with { After = page.Next };
            }
            while (query.After is not null);

            Require(rows == expected.Count, $"{zone}: {rows} groups of {expected.Count}");
        }

        for (var tenant = 0; tenant < ofTenants.Length; tenant++)
        {
            var spent = await bench.Ledger.ReadBudgetSpendAsync(new BudgetWindowKey(ScaleRecords.Tenant(tenant), "bud_month", "month:2026-10"), default);
            Require(spent.Value == ofTenants[tenant], $"The budget of {ScaleRecords.Tenant(tenant)} has {spent.Value} and not {ofTenants[tenant]}.");
        }
    }

    private static async Task TimeAsync(BenchLedger bench)
    {
        Console.WriteLine("| a month, 1,000 rows a page | " + string.Join(" | ", _zones) + " |");
        Console.WriteLine("|---|" + string.Concat(_zones.Select(_ => "---|")));
        (string Name, string? Tenant, UsageGroup[] Groups)[] questions =
        [
            ("all tenants by tenant, model, day", null, [UsageGroup.Tenant, UsageGroup.Model, UsageGroup.Day]),
            ("all tenants by model, day", null, [UsageGroup.Model, UsageGroup.Day]),
            ("all tenants by tenant", null, [UsageGroup.Tenant]),
            ("all tenants by day", null, [UsageGroup.Day]),
            ("one tenant by model, day", ScaleRecords.Tenant(42), [UsageGroup.Model, UsageGroup.Day]),
            ("one tenant by key, day", ScaleRecords.Tenant(42), [UsageGroup.Key, UsageGroup.Day]),
            ("one tenant by hour", ScaleRecords.Tenant(42), [UsageGroup.Hour]),
        ];
        foreach (var (name, tenant, groups) in questions)
        {
            var line = $"| {name}";
            foreach (var zone in _zones)
            {
                var query = Query(tenant, zone, groups);
                await bench.Ledger.QueryUsageAsync(query, default);
                var times = new List<double>();
                for (var i = 0; i < Timings; i++)
                {
                    var started = TimeProvider.System.GetTimestamp();
                    await bench.Ledger.QueryUsageAsync(query, default);
                    times.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
                }

                line += string.Create(CultureInfo.InvariantCulture, $" | {times.Order().ElementAt(Timings / 2):F1}");
            }

            Console.WriteLine(line + " |");
        }

        Console.WriteLine($"(ms, the median of {Timings})");
    }

    private static UsageQuery Query(string? tenant, string zone, params UsageGroup[] groups) =>
        new(tenant, ScaleRecords.From, ScaleRecords.To, groups, zone, After: null, Limit: 1_000);

    private void Require(bool isRight, string otherwise)
    {
        if (!isRight && ++_violations <= 10)
        {
            Console.WriteLine("WRONG: " + otherwise);
        }
    }
}
